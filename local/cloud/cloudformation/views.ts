/** Stacks, resources, events and change sets as AWS's answers show them; instants as ISO 8601. */

import { shownParameters } from './parameters.ts';
import type { Blueprint, ChangeSet, Resource, ResourceChange, Stack, StackEvent } from './state.ts';
import { type ParameterDeclaration, parseTemplate, type Template } from './template.ts';

const instant = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());
const tagList = (tags: Record<string, string>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const DRIFT = { StackDriftStatus: 'NOT_CHECKED' };

/** A blueprint is replaced, never changed, so its template is read once. */
const templates = new WeakMap<Blueprint, Partial<Template>>();

/** The template of a stack in review is empty. */
function templateOf(blueprint: Blueprint): Partial<Template> {
  const known = templates.get(blueprint);
  if (known) return known;
  const { templateBody } = blueprint;
  const template = templateBody === '' ? {} : (parseTemplate(templateBody) as Template);
  templates.set(blueprint, template);
  return template;
}

export function stackView(stack: Stack) {
  const template = templateOf(stack.blueprint);
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: stack.changeSetId,
    Description: template.Description,
    Parameters: shownParameters(template as Template, stack.blueprint.parameters),
    CreationTime: instant(stack.createdAt),
    LastUpdatedTime: instant(stack.updatedAt),
    DeletionTime: instant(stack.deletedAt),
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DisableRollback: stack.onFailure === 'DO_NOTHING',
    NotificationARNs: stack.notificationArns,
    TimeoutInMinutes: stack.timeoutMinutes,
    Capabilities: stack.capabilities,
    Outputs: stack.outputs.map((output) => ({
      OutputKey: output.key,
      OutputValue: output.value,
      Description: output.description,
      ExportName: output.exportName,
    })),
    RoleARN: stack.roleArn,
    Tags: tagList(stack.blueprint.tags),
    EnableTerminationProtection: stack.terminationProtection,
    DriftInformation: DRIFT,
  };
}

export function stackSummary(stack: Stack) {
  return {
    StackId: stack.id,
    StackName: stack.name,
    TemplateDescription: templateOf(stack.blueprint).Description,
    CreationTime: instant(stack.createdAt),
    LastUpdatedTime: instant(stack.updatedAt),
    DeletionTime: instant(stack.deletedAt),
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DriftInformation: DRIFT,
  };
}

const events = new WeakMap<StackEvent, ReturnType<typeof newEventView>>();

/** An event never changes, and is asked for again and again. */
export function eventView(stack: Stack, event: StackEvent) {
  const known = events.get(event) ?? newEventView(stack, event);
  events.set(event, known);
  return known;
}

function newEventView(stack: Stack, event: StackEvent) {
  return {
    StackId: stack.id,
    EventId: event.id,
    StackName: stack.name,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.resourceType,
    Timestamp: instant(event.at),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
    ResourceProperties: event.properties && JSON.stringify(event.properties),
    ClientRequestToken: event.token,
  };
}

export function resourceSummary(resource: Resource) {
  return {
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physical?.physicalId,
    ResourceType: resource.type,
    LastUpdatedTimestamp: instant(resource.updatedAt),
    ResourceStatus: resource.status,
    ResourceStatusReason: resource.statusReason,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}

export function resourceDetail(stack: Stack, resource: Resource) {
  const metadata = resource.physical?.metadata;
  return {
    StackName: stack.name,
    StackId: stack.id,
    ...resourceSummary(resource),
    Metadata: metadata === undefined || metadata === null ? undefined : JSON.stringify(metadata),
  };
}

export function resourceView(stack: Stack, resource: Resource) {
  const { LastUpdatedTimestamp: Timestamp, ...rest } = resourceSummary(resource);
  return { StackName: stack.name, StackId: stack.id, ...rest, Timestamp };
}

export function changeSetSummary(stack: Stack, changeSet: ChangeSet) {
  return {
    ChangeSetId: changeSet.id,
    ChangeSetName: changeSet.name,
    StackId: stack.id,
    StackName: stack.name,
    Description: changeSet.description,
    CreationTime: instant(changeSet.createdAt),
    ExecutionStatus: changeSet.execution,
    Status: changeSet.status,
    StatusReason: changeSet.statusReason,
    IncludeNestedStacks: false,
  };
}

export function changeSetView(stack: Stack, changeSet: ChangeSet) {
  const template = templateOf(changeSet.blueprint) as Template;
  return {
    ...changeSetSummary(stack, changeSet),
    Parameters: shownParameters(template, changeSet.blueprint.parameters),
    Capabilities: changeSet.capabilities,
    Tags: tagList(changeSet.blueprint.tags),
    OnStackFailure: changeSet.onStackFailure,
  };
}

export function changeView(change: ResourceChange) {
  return {
    Type: 'Resource',
    ResourceChange: {
      Action: change.action,
      LogicalResourceId: change.logicalId,
      PhysicalResourceId: change.physicalId,
      ResourceType: change.type,
      Replacement: change.replacement,
      Scope: change.scope,
      Details: [
        ...change.properties.map(({ name, dynamic, requiresRecreation }) => ({
          Target: { Attribute: 'Properties', Name: name, RequiresRecreation: requiresRecreation },
          Evaluation: dynamic ? 'Dynamic' : 'Static',
          ChangeSource: dynamic ? 'ResourceReference' : 'DirectModification',
        })),
        ...change.scope
          .filter((attribute) => attribute !== 'Properties')
          .map((Attribute) => ({
            Target: { Attribute, RequiresRecreation: 'Never' },
            Evaluation: 'Static',
            ChangeSource: 'DirectModification',
          })),
      ],
    },
  };
}

export const declaredParameters = (template: Template) =>
  Object.entries(template.Parameters ?? {}).map(([key, declaration]) => declaredParameter(key, declaration));

function declaredParameter(ParameterKey: string, declaration: ParameterDeclaration) {
  return {
    ParameterKey,
    DefaultValue: declaration.Default === undefined ? undefined : String(declaration.Default),
    ParameterType: declaration.Type,
    NoEcho: String(declaration.NoEcho ?? false) === 'true',
    Description: declaration.Description,
    ParameterConstraints: { AllowedValues: (declaration.AllowedValues ?? []).map(String) },
  };
}

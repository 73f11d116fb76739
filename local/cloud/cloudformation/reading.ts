/** The operations that only look: Describe…, List…, Get… and ValidateTemplate. */
import { type ChangeSetNameInput, changeSetsOf, existingChangeSet } from './change-sets.ts';
import type { Engine } from './engine.ts';
import { invalid } from './errors.ts';
import { allExports, importersOf } from './exports.ts';
import { page } from './paging.ts';
import { type BlueprintInput, neededCapability, parsed, templateText } from './request.ts';
import { findStack, livingStacks, type Stack, type StackStatus } from './state.ts';
import type { Template } from './template.ts';
import * as views from './views.ts';

/** Page sizes; AWS does not say them all. One page of DescribeStacks is 1 MB, of events and resources 100 entries. */
const STACKS_PAGE = 50;
const ENTRIES_PAGE = 100;

export interface StackNameInput {
  StackName: string;
  NextToken?: string;
}

export function describeStacks(engine: Engine, input: Partial<StackNameInput>) {
  if (input.StackName) return { Stacks: [views.stackView(stackById(engine, input.StackName))], NextToken: undefined };
  const { items, NextToken } = page(newestFirst(livingStacks(engine.state)), input.NextToken, STACKS_PAGE);
  return { Stacks: items.map(views.stackView), NextToken };
}

export function listStacks(engine: Engine, input: { StackStatusFilter?: StackStatus[]; NextToken?: string }) {
  const filter = input.StackStatusFilter ?? [];
  const wanted = Object.values(engine.state.stacks).filter(
    ({ status }) => filter.length === 0 || filter.includes(status),
  );
  const { items, NextToken } = page(newestFirst(wanted), input.NextToken, ENTRIES_PAGE);
  return { StackSummaries: items.map(views.stackSummary), NextToken };
}

const newestFirst = (stacks: Stack[]) => stacks.toSorted((a, b) => b.createdAt - a.createdAt);

/** Newest first. */
export function describeStackEvents(engine: Engine, input: StackNameInput) {
  const stack = findStack(engine.state, input.StackName ?? '');
  if (!stack) throw invalid(`Stack [${input.StackName}] does not exist`);
  const { items, NextToken } = page(stack.events.toReversed(), input.NextToken, ENTRIES_PAGE);
  return { StackEvents: items.map((event) => views.eventView(stack, event)), NextToken };
}

export interface ResourcesInput {
  StackName?: string;
  LogicalResourceId?: string;
  PhysicalResourceId?: string;
}

/** At most 100, without pages. */
export function describeStackResources(engine: Engine, input: ResourcesInput) {
  const { StackName, LogicalResourceId, PhysicalResourceId } = input;
  if ((StackName === undefined) === (PhysicalResourceId === undefined)) {
    throw invalid('Exactly one of StackName and PhysicalResourceId must be specified.');
  }
  const stack =
    StackName === undefined ? stackOfResource(engine, PhysicalResourceId ?? '') : stackById(engine, StackName);
  const found = Object.values(stack.resources).filter(
    ({ logicalId }) => LogicalResourceId === undefined || logicalId === LogicalResourceId,
  );
  return { StackResources: found.slice(0, ENTRIES_PAGE).map((resource) => views.resourceView(stack, resource)) };
}

function stackOfResource(engine: Engine, physicalId: string): Stack {
  const holds = (stack: Stack) =>
    Object.values(stack.resources).some(({ physical }) => physical?.physicalId === physicalId);
  const stack = livingStacks(engine.state).find(holds);
  if (!stack) throw invalid(`Stack for ${physicalId} does not exist`);
  return stack;
}

export function describeStackResource(engine: Engine, input: { StackName: string; LogicalResourceId: string }) {
  const stack = findStack(engine.state, input.StackName ?? '');
  if (!stack) throw invalid(`Stack '${input.StackName}' does not exist`);
  const resource = stack.resources[input.LogicalResourceId ?? ''];
  if (!resource) throw invalid(`Resource ${input.LogicalResourceId} does not exist for stack ${stack.name}`);
  return { StackResourceDetail: views.resourceDetail(stack, resource) };
}

export function listStackResources(engine: Engine, input: StackNameInput) {
  const stack = stackById(engine, input.StackName);
  const { items, NextToken } = page(Object.values(stack.resources), input.NextToken, ENTRIES_PAGE);
  return { StackResourceSummaries: items.map(views.resourceSummary), NextToken };
}

export function getTemplate(engine: Engine, input: { StackName?: string; ChangeSetName?: string }) {
  const StagesAvailable = ['Original', 'Processed'];
  if (input.ChangeSetName) {
    const changeSet = existingChangeSet(engine, { ...input, ChangeSetName: input.ChangeSetName });
    return { TemplateBody: changeSet.blueprint.templateBody, StagesAvailable };
  }
  return { TemplateBody: stackById(engine, input.StackName).blueprint.templateBody, StagesAvailable };
}

export function getTemplateSummary(engine: Engine, input: BlueprintInput & { StackName?: string }) {
  const previous = input.StackName ? stackById(engine, input.StackName).blueprint.templateBody : undefined;
  const template = parsed(engine, previous ?? templateText(input, undefined));
  return {
    ...summary(template),
    ResourceTypes: [...new Set(Object.values(template.Resources).map(({ Type }) => Type))],
    Version: template.AWSTemplateFormatVersion,
    Metadata: template.Metadata === undefined ? undefined : JSON.stringify(template.Metadata),
  };
}

export function validateTemplate(engine: Engine, input: BlueprintInput) {
  return summary(parsed(engine, templateText(input, undefined)));
}

function summary(template: Template) {
  const needed = neededCapability(template);
  return {
    Parameters: views.declaredParameters(template),
    Description: template.Description,
    Capabilities: needed ? [needed.capability] : [],
    CapabilitiesReason: needed && `The following resource(s) require capabilities: [${needed.types.join(', ')}]`,
  };
}

export function describeChangeSet(engine: Engine, input: ChangeSetNameInput & { NextToken?: string }) {
  const changeSet = existingChangeSet(engine, input);
  const { items, NextToken } = page(changeSet.changes, input.NextToken, ENTRIES_PAGE);
  const stack = stackById(engine, changeSet.stackId);
  return { ...views.changeSetView(stack, changeSet), Changes: items.map(views.changeView), NextToken };
}

export function listChangeSets(engine: Engine, input: StackNameInput) {
  const stack = findStack(engine.state, input.StackName ?? '');
  if (!stack) throw invalid(`Stack [${input.StackName}] does not exist`);
  const open = changeSetsOf(engine, stack).filter(({ execution }) => !execution.startsWith('EXECUTE'));
  const { items, NextToken } = page(open, input.NextToken, ENTRIES_PAGE);
  return { Summaries: items.map((changeSet) => views.changeSetSummary(stack, changeSet)), NextToken };
}

export function listExports(engine: Engine, input: { NextToken?: string }) {
  const { items, NextToken } = page(allExports(engine.state), input.NextToken, ENTRIES_PAGE);
  return {
    Exports: items.map(({ name, value, stackId }) => ({ ExportingStackId: stackId, Name: name, Value: value })),
    NextToken,
  };
}

export function listImports(engine: Engine, input: { ExportName: string; NextToken?: string }) {
  const importers = importersOf(engine.state, input.ExportName);
  if (importers.length === 0) throw invalid(`Export '${input.ExportName}' is not imported by any stack.`);
  const { items, NextToken } = page(importers, input.NextToken, ENTRIES_PAGE);
  return { Imports: items, NextToken };
}

function stackById(engine: Engine, nameOrId: string | undefined): Stack {
  const stack = findStack(engine.state, nameOrId ?? '');
  if (!stack) throw invalid(`Stack with id ${nameOrId ?? ''} does not exist`);
  return stack;
}

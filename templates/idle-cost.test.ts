import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ONE_CAPACITY, SPOT_WITH_BASE } from './capacity.ts';
import type { Template } from './cloudformation.ts';
import { exampleTable, fixedTable, restingTable, runningTable } from './cost-page.fixture.ts';
import { foundationTemplate } from './foundation.ts';
import { fixedCosts, imagesAtRest, restingCosts, totalOf } from './idle-cost.ts';
import { poolTemplate } from './pool.ts';
import { serverTemplate } from './server.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/costs.md'), 'utf8');

describe('at rest', () => {
  it.each([
    ['foundation', foundationTemplate('bbf')],
    ['server', serverTemplate('bbf')],
    ['pool', poolTemplate('bbf', ONE_CAPACITY)],
    ['pool of two capacities', poolTemplate('bbf', SPOT_WITH_BASE)],
  ])('nothing of the %s costs by being there', (_, template) => {
    expect(fixedCosts(template).filter(({ usdPerMonth }) => usdPerMonth > 0)).toEqual([]);
  });

  it('an installation with one cluster costs less than ten cents a month, and with its images less than thirty', () => {
    const lines = restingCosts(foundationTemplate('bbf'));
    expect(totalOf(lines)).toBeGreaterThan(0.01);
    expect(totalOf(lines)).toBeLessThan(0.1);
    expect(totalOf([...lines, imagesAtRest()])).toBeLessThan(0.3);
  });

  it('what nobody has looked the price of up is an error, and what costs is found', () => {
    const CLUSTER = 'AWS::ECS::Cluster';
    const wrong = (Type: string, Properties = {}): Template => ({
      ...foundationTemplate('bbf'),
      Resources: { It: { Type, Properties } },
    });
    expect(() => fixedCosts(wrong('AWS::EC2::NatGateway'))).toThrow('AWS::EC2::NatGateway has no price');
    const endpoint = fixedCosts(wrong('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }));
    expect(totalOf(endpoint)).toBeGreaterThan(7);
    for (const Value of ['enabled', 'enhanced'])
      expect(() => fixedCosts(wrong(CLUSTER, { ClusterSettings: [{ Name: 'containerInsights', Value }] }))).toThrow(
        `${CLUSTER} has no price`,
      );
    expect(() => fixedCosts(wrong(CLUSTER))).toThrow(`${CLUSTER} has no price`);
  });

  it('a schedule that runs more often costs more', () => {
    const often = foundationTemplate('bbf');
    const rule = often.Resources.SlowScheduleRule;
    if (rule?.Properties) rule.Properties = { ...rule.Properties, ScheduleExpression: 'rate(1 minute)' };
    expect(totalOf(restingCosts(often))).toBeGreaterThan(10 * totalOf(restingCosts(foundationTemplate('bbf'))));
  });
});

describe('docs/costs.md', () => {
  it.each([
    ['what is there', fixedTable],
    ['what is used at rest', restingTable],
    ['what a worker costs', runningTable],
    ['the examples', exampleTable],
  ])('has the table of %s, as computed', (_, compute) => expect(page).toContain(compute()));
});

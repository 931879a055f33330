import { describe, expect, it } from 'vitest';
import { mebibytes } from '../../core/units.ts';
import type { RoleSpec } from '../../environments/node.ts';
import type { ChangeStep } from '../../record/plan.ts';
import { composition } from '../../registry.ts';
import { addBrokers, rollingUpgrade } from '../suite/change-builders.ts';
import type { ChangeRef } from '../suite/scenario.ts';
import { fetches, needsOf } from './needs-of.ts';

const { catalog } = composition;
const broker: RoleSpec = {
  role: 'broker',
  count: 3,
  countMax: 4,
  ports: [],
  volumes: [],
  memory: mebibytes(100),
};
const system = { roles: [broker], software: [{ name: 'kafka', version: '3.9.1' }] };

const step = ({ change, params }: ChangeRef): ChangeStep => ({
  kind: 'change',
  id: change,
  atMs: 0,
  after: null,
  withinMs: 1,
  change,
  params,
  limitMs: 1,
});

describe('what a plan needs of an environment', () => {
  it('is what its system needs when nothing is done to it', () => {
    expect(needsOf([], catalog, system)).toMatchObject({
      capabilities: [],
      software: system.software,
      memory: mebibytes(300),
    });
    expect(fetches([], catalog)).toBe(false);
  });

  it('is both versions for an upgrade, which fetches the other before there is load', () => {
    const steps = [step(rollingUpgrade({ to: '4.3.1' }))];
    const needs = needsOf(steps, catalog, system);
    expect(needs.software.map(({ version }) => version)).toEqual(['3.9.1', '4.3.1']);
    expect(needs.capabilities).toContain('node.replace');
    expect(fetches(steps, catalog)).toBe(true);
  });

  it('is memory for all that are reserved where brokers are added', () => {
    expect(needsOf([step(addBrokers())], catalog, system).memory).toBe(mebibytes(400));
  });
});

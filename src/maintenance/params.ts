import type { Json, JsonObject } from '../core/json.ts';
import type { RoleSpec } from '../environments/node.ts';
import type { ChangeGround } from './change.ts';

/** Keys that a change does not know, each in words. */
export const unknownKeys = (params: JsonObject, known: readonly string[]): string[] =>
  Object.keys(params)
    .filter((key) => !known.includes(key))
    .map((key) => `unknown parameter "${key}" (known: ${known.join(', ')})`);

/** A parameter that is text, or undefined. */
export const textOf = (params: JsonObject, key: string): string | undefined => {
  const value = params[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** A parameter that is a list of texts, or undefined. */
export const textsOf = (params: JsonObject, key: string): readonly string[] | undefined => {
  const value = params[key];
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.every((each) => typeof each === 'string') ? (value as string[]) : undefined;
};

/** A parameter that maps keys to values of a kind, or undefined. */
export function recordOf<T extends Json>(
  params: JsonObject,
  key: string,
  isValue: (value: Json) => value is T,
): Readonly<Record<string, T>> | undefined {
  const value = params[key];
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const entries = Object.entries(value as JsonObject) as [string, Json][];
  if (entries.length === 0 || !entries.every(([, each]) => isValue(each))) return undefined;
  return Object.fromEntries(entries) as Record<string, T>;
}

/** A whole number from 1, or undefined. */
export const countOf = (params: JsonObject, key: string): number | undefined => {
  const value = params[key];
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 ? value : undefined;
};

/** Whether a node of that id may be there by the plan. */
export const isPlanned = (id: string, roles: readonly RoleSpec[]): boolean =>
  roles.some(({ role, countMax }) => {
    const number = id.startsWith(`${role}-`) ? Number(id.slice(role.length + 1)) : 0;
    return Number.isInteger(number) && number >= 1 && number <= countMax;
  });

/** Problems of `role` and `nodes`, which say whom a change works on. */
export function nodeProblems(params: JsonObject, { roles }: ChangeGround): string[] {
  const role = params['role'];
  const nodes = textsOf(params, 'nodes');
  const names = roles.map((each) => each.role);
  return [
    ...(role === undefined || (typeof role === 'string' && names.includes(role))
      ? []
      : [`there is no role ${JSON.stringify(role)} (there are: ${names.join(', ')})`]),
    ...(params['nodes'] !== undefined && nodes === undefined
      ? ['nodes: expected a list of node ids']
      : []),
    ...(nodes ?? []).filter((id) => !isPlanned(id, roles)).map((id) => `there is no node "${id}"`),
  ];
}

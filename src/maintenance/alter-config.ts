import type { ConfigOwner } from '../clients/kafka/operations.ts';
import type { LogAdmin } from '../clients/kafka/port.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { brokerNumbers, numberOf } from './broker-numbers.ts';
import type { ChangeInput, ChangeKind } from './change.ts';
import { cannot, carryOut } from './order.ts';
import { nodeProblems, recordOf, textOf, textsOf, unknownKeys } from './params.ts';

/**
 * alter-config: keys of a topic or of brokers are set while they run, each owner one after the
 * other; null gives a key its default back. Proved by what each owner then describes; a key that
 * had its value before proves nothing.
 */
export const alterConfig: ChangeKind = {
  name: 'alter-config',
  needs: () => [],
  problems: (params, on) => {
    const topic = params['topic'];
    const known = on.topics.map(({ name }) => name);
    const ofNodes = params['role'] !== undefined || params['nodes'] !== undefined;
    return [
      ...unknownKeys(params, ['topic', 'role', 'nodes', 'set']),
      ...(topic === undefined || known.includes(String(textOf(params, 'topic')))
        ? []
        : [`there is no topic ${JSON.stringify(topic)}`]),
      ...((topic !== undefined) === ofNodes ? ['expected either a topic, or role or nodes'] : []),
      ...nodeProblems(params, on),
      ...(setOf(params) === undefined ? ['set: expected keys with text, or null for none'] : []),
    ];
  },
  perform: async (input) => {
    const { params, sut, signal, note } = input;
    await using admin = await sut.clients('check').admin(signal);
    const changes = setOf(params) ?? {};
    const owners = await ownersOf(admin, input);
    if (owners.size === 0) throw cannot('nobody is meant: there is no such broker now');
    const unchanged: string[] = [];
    for (const [name, of] of owners) {
      const before = await admin.config(of);
      const differs = Object.entries(changes).filter(([key, value]) => before[key] !== value);
      if (differs.length === 0) unchanged.push(name);
      const after = await altered(of, changes, { admin, input, before });
      note(`${name}: ${showChanges(changes, before, after)}`);
    }
    const what = Object.keys(changes).join(', ');
    return unchanged.length > 0
      ? { took: false, seen: `${unchanged.join(', ')} had ${what} already` }
      : { took: true, seen: `${[...owners.keys()].join(', ')} describe ${what} as set` };
  },
};

type Config = Readonly<Record<string, string>>;
type Changes = Readonly<Record<string, string | null>>;

const isSetting = (value: Json): value is string | null =>
  value === null || typeof value === 'string';

const setOf = (params: JsonObject): Changes | undefined =>
  recordOf<string | null>(params, 'set', isSetting);

async function ownersOf(
  admin: LogAdmin,
  { params, sut }: ChangeInput,
): Promise<ReadonlyMap<string, ConfigOwner>> {
  const topic = textOf(params, 'topic');
  if (topic !== undefined) return new Map([[topic, { topic }]]);
  const ids = textsOf(params, 'nodes');
  const role = textOf(params, 'role');
  const numbers = await brokerNumbers(sut, admin);
  const meant = sut.nodes.filter(
    (node) =>
      (ids === undefined ? numbers.has(node.id) : ids.includes(node.id)) &&
      (role === undefined || role === node.role),
  );
  return new Map(meant.map(({ id }) => [id, { broker: numberOf(id, numbers) }]));
}

/** Sets the keys and waits until their owner describes them so. */
async function altered(
  of: ConfigOwner,
  changes: Changes,
  { admin, input, before }: { admin: LogAdmin; input: ChangeInput; before: Config },
): Promise<Config> {
  const isSo = (now: Config, [key, value]: [string, string | null]): boolean =>
    value === null ? now[key] !== before[key] : now[key] === value;
  return carryOut(
    {
      what: 'configuration altered',
      give: () => admin.alterConfig(of, changes),
      look: () => admin.config(of),
      until: (now) => Object.entries(changes).every((change) => isSo(now, change)),
      show: (now) => showChanges(changes, before, now),
    },
    input,
  );
}

const showChanges = (changes: Changes, before: Config, now: Config): string =>
  Object.keys(changes)
    .map((key) => `${key} ${before[key] ?? 'unset'} → ${now[key] ?? 'unset'}`)
    .join(', ');

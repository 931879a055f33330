import { configOf } from '../../clients/kafka/broker-answers.ts';
import { ask, type Inquiry } from './ask-nodes.ts';
import type { Member } from './cluster-layout.ts';
import { timingsOf } from './profile-settings.ts';

/**
 * The settings that bound a failover as the running nodes have them. What cannot be read is left
 * out: a controller answers for its configuration since 3.7 only, and the layout's value then
 * stands.
 */
export async function effectiveTimings(
  inquiry: Inquiry,
  signal: AbortSignal,
): Promise<Readonly<Record<string, number>>> {
  const { members } = inquiry;
  const broker = members.find(({ isBroker }) => isBroker);
  const controller = members.find(({ isController }) => isController);
  const [ofBroker, ofController] = await Promise.all(
    [broker, controller].map((member) => configOfMember(member, inquiry, signal)),
  );
  const effective: Record<string, number> = {};
  for (const [key, { of }] of Object.entries(timingsOf(inquiry.spec))) {
    const text = (of === 'broker' ? ofBroker : ofController)?.[key];
    if (text !== undefined) effective[key] = Number(text);
  }
  return effective;
}

async function configOfMember(
  member: Member | undefined,
  inquiry: Inquiry,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  if (member === undefined) return {};
  try {
    const of = { broker: member.number };
    return await ask(member, inquiry, signal)((connection) => configOf(connection, of));
  } catch {
    // Said above: the layout's value stands where the node does not tell.
    signal.throwIfAborted();
    return {};
  }
}

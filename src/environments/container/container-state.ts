import { showEnd } from '../images/show-end.ts';
import type { NodeState } from '../node.ts';
import type { Container } from './engine.ts';

/** How a container is now, as the state of a node; `memory` is what it may have, in words. */
export async function stateOf(container: Container, memory: string): Promise<NodeState> {
  const { Id, State } = await container.inspect();
  const down: NodeState = { state: 'down', incarnation: null, ended: null };
  if (State.Status === 'created') return down;
  if (!State.Running) return { ...down, ended: endOf(State, memory) };
  const incarnation = `${Id.slice(0, 12)}:${State.StartedAt}`;
  return { state: State.Paused ? 'paused' : 'up', incarnation, ended: null };
}

/** How the engine says that a container ended, in words. */
export const endOf = (
  { OOMKilled, ExitCode, Error: said }: { OOMKilled: boolean; ExitCode: number; Error: string },
  memory: string,
): string => showEnd({ outOfMemory: OOMKilled, code: ExitCode, said }, memory);

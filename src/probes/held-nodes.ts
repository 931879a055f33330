import type { NodeId } from '../record/names.ts';

/**
 * Nodes that a fault or a planned change has its hands on right now. It counts how often a node was
 * taken and let go, so that somebody who looks every now and then can tell whether it was held in
 * between: what a node does right after it was let go was still our doing.
 */
export class HeldNodes extends Set<NodeId> {
  readonly #touches = new Map<NodeId, number>();

  // Nobody at first: Set's own constructor would add them before there are counts.
  constructor() {
    super();
  }

  override add(node: NodeId): this {
    this.#touch(node);
    return super.add(node);
  }

  override delete(node: NodeId): boolean {
    this.#touch(node);
    return super.delete(node);
  }

  /** How often the node was taken or let go so far. */
  touches(node: NodeId): number {
    return this.#touches.get(node) ?? 0;
  }

  #touch(node: NodeId): void {
    this.#touches.set(node, this.touches(node) + 1);
  }
}

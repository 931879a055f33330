import type { Socket } from 'node:net';
import type { LinkDirection, Traffic } from './link-direction.ts';
import { resetSocket } from './reset-socket.ts';

/** Bytes on their way, or the end of the stream, with the time at which it is handed on. */
interface Piece {
  readonly bytes: Buffer | Ending;
  due: number;
}

/** How a stream ends: it was closed in order, or reset. */
type Ending = 'closed' | 'reset';

/**
 * One direction of one connection: reads from the source and writes to the sink, as that direction
 * of the link has it. The order is kept whatever the delay. The end of the stream is held like its
 * bytes: behind a cut nobody hears that the other one has gone. What is held is bounded: a source
 * that has sent more is not read from, until its own kernel stops it.
 */
export class Flow implements Traffic {
  readonly #direction: LinkDirection;
  readonly #source: Socket;
  #sink: Socket | undefined;
  readonly #queue: Piece[] = [];
  #held = 0;
  #lastDue = 0;
  #timer: NodeJS.Timeout | undefined;
  #blocked = false;
  #ended: Ending | undefined;

  constructor(direction: LinkDirection, source: Socket) {
    this.#direction = direction;
    this.#source = source;
    source.on('data', (chunk: Buffer) => this.#take(chunk));
    source.once('end', () => this.#end('closed'));
    // Whoever has closed and is written to nevertheless resets: that comes after its end.
    source.once('close', (hadError) => this.#end(hadError ? 'reset' : 'closed'));
  }

  /** From now on there is somebody to hand it to; what was held until now counts as held. */
  flowInto(sink: Socket): void {
    this.#sink = sink;
    this.#direction.traffic.add(this);
    this.#direction.heldBytes += this.#held;
    const unblock = (): void => {
      this.#blocked = false;
      this.#pump();
    };
    sink.on('drain', unblock);
    sink.once('close', unblock);
    this.#pump();
  }

  retime(): void {
    this.#lastDue = 0;
    for (const piece of this.#queue) piece.due = this.#dueOf(sizeOf(piece));
    this.#pump();
  }

  /** Lets go of everything that is held. */
  drop(): void {
    clearTimeout(this.#timer);
    if (this.#direction.traffic.delete(this)) this.#direction.heldBytes -= this.#held;
    this.#queue.length = 0;
    this.#held = 0;
  }

  #take(chunk: Buffer): void {
    const sink = this.#sink;
    if (sink !== undefined && this.#queue.length === 0 && this.#direction.isPlain) {
      this.#pass(chunk, sink);
    } else {
      const size = this.#direction.pieceMax;
      for (let from = 0; from < chunk.length; from += size) {
        this.#hold(chunk.subarray(from, from + size));
      }
      this.#pump();
    }
    this.#throttle();
  }

  #hold(bytes: Buffer): void {
    this.#queue.push({ bytes, due: this.#dueOf(bytes.length) });
    this.#held += bytes.length;
    if (this.#sink !== undefined) this.#direction.heldBytes += bytes.length;
  }

  #dueOf(bytes: number): number {
    this.#lastDue = Math.max(this.#lastDue, this.#direction.dueOf(bytes));
    return this.#lastDue;
  }

  #end(how: Ending): void {
    if (this.#ended === how || this.#ended === 'reset') return;
    this.#ended = how;
    this.#queue.push({ bytes: how, due: this.#dueOf(0) });
    this.#pump();
  }

  /** Hands on what is due; comes back when the direction, the time or the sink lets it. */
  #pump(): void {
    clearTimeout(this.#timer);
    const sink = this.#sink;
    if (sink === undefined) return;
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      if (this.#direction.state.cut || this.#blocked) break;
      const early = head.due - this.#direction.now();
      if (early > 0) {
        this.#timer = setTimeout(() => this.#pump(), Math.ceil(early));
        break;
      }
      this.#queue.shift();
      if (typeof head.bytes === 'string') this.#finish(head.bytes, sink);
      else {
        this.#held -= head.bytes.length;
        this.#direction.heldBytes -= head.bytes.length;
        this.#pass(head.bytes, sink);
      }
    }
    this.#throttle();
  }

  #pass(bytes: Buffer, sink: Socket): void {
    // Whoever is gone gets nothing more; that it is gone is told by the other direction.
    if (!sink.writable) return;
    this.#direction.passedBytes += bytes.length;
    this.#blocked = !sink.write(bytes);
  }

  #finish(how: Ending, sink: Socket): void {
    if (how === 'reset') resetSocket(sink);
    else sink.end();
  }

  #throttle(): void {
    if (this.#blocked || this.#held >= this.#direction.heldMax) this.#source.pause();
    else this.#source.resume();
  }
}

const sizeOf = ({ bytes }: Piece): number => (typeof bytes === 'string' ? 0 : bytes.length);

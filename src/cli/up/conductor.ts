import { EXIT, type ExitCode, HighwaterError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Progress } from '../../core/progress.ts';
import { ms } from '../../core/time.ts';
import type { Folders } from '../../leases/folders.ts';
import type { FaultStep } from '../../record/plan.ts';
import { composition } from '../../registry.ts';
import { drive, type Stretch } from '../../scenario/standing/drive.ts';
import { inflict } from '../../scenario/standing/inflict.ts';
import type { Standing } from '../../scenario/standing/standing.ts';
import {
  type ControlHandler,
  type ControlRequest,
  type ControlServer,
  serveControl,
} from './control.ts';
import { showDriven } from './show.ts';
import { socketOf } from './state.ts';

/** Keeps a system up: hears what is asked of it, until somebody asks it to take all down. */
export class Conductor {
  readonly #standing: Standing;
  #server: ControlServer | undefined;
  #asked = 0;
  readonly #leave = new AbortController();
  #told: (problems: readonly string[]) => void = () => {};
  /** Resolves with what was left behind once everything was given back. */
  readonly #down: Promise<readonly string[]>;

  private constructor(standing: Standing) {
    this.#standing = standing;
    this.#down = new Promise((resolve) => {
      this.#told = resolve;
    });
  }

  /** Listens from now on. */
  static async open(
    standing: Standing,
    { folders, run }: { readonly folders: Folders; readonly run: string },
  ): Promise<Conductor> {
    const conductor = new Conductor(standing);
    conductor.#server = await serveControl(socketOf(folders, run), conductor.#handle);
    standing.context.scope.onClose('control socket', () => conductor.#server?.stop());
    return conductor;
  }

  /** Waits until it is asked to leave, or the scope aborts; then gives everything back. */
  async untilDown(progress: Progress): Promise<ExitCode> {
    const { signal } = this.#standing.context;
    await new Promise<void>((resolve) => {
      for (const each of [signal, this.#leave.signal]) {
        if (each.aborted) resolve();
        each.addEventListener('abort', () => resolve(), { once: true });
      }
    });
    const { stage } = this.#standing;
    progress.phase('close', ms(stage.plan.budgetsMs.close));
    const { entries, leftovers } = await this.#standing.close();
    progress.phaseEnded('close');
    const problems = [
      ...entries.flatMap(({ label, error }) => (error === undefined ? [] : [`${label}: ${error}`])),
      ...leftovers.map(({ kind, what }) => `left behind: ${kind} ${what}`),
    ];
    for (const problem of problems) progress.note(problem);
    this.#told(problems);
    await this.#server?.ended;
    return problems.length === 0 ? EXIT.holds : EXIT.inconclusive;
  }

  readonly #handle: ControlHandler = async (request, how) => {
    if (request.do === 'status') {
      return { nodes: (await this.#standing.look(how.signal)).map((node) => ({ ...node })) };
    }
    if (request.do === 'down') {
      this.#leave.abort(new HighwaterError('INTERRUPTED', 'asked to leave'));
      return { problems: [...(await this.#down)] };
    }
    if (request.do === 'fault') return this.#fault(request, how);
    if (request.do === 'load') return this.#load(request, how);
    throw new HighwaterError('USAGE', `the conductor knows no "${request.do}"`, {
      hint: 'is it another version of highwater?',
    });
  };

  async #fault(request: ControlRequest, how: Parameters<ControlHandler>[1]): Promise<JsonObject> {
    this.#asked += 1;
    const step: FaultStep = {
      ...(request['step'] as unknown as Omit<FaultStep, 'id'>),
      id: `fault-${this.#asked}`,
    };
    const standing = this.#standing;
    const { took } = await inflict(step, { standing, catalog: composition.catalog }, how);
    return { took };
  }

  async #load(request: ControlRequest, how: Parameters<ControlHandler>[1]): Promise<JsonObject> {
    this.#asked += 1;
    const { rate, forMs, workers } = request as unknown as Stretch;
    const stretch = { rate, forMs, workers, number: this.#asked };
    const driven = await drive(stretch, this.#standing, how);
    const { attempted, acknowledged } = driven.totals;
    const planned = Math.floor((rate * driven.tookMs) / 1_000);
    return { text: showDriven(driven, stretch), attempted, acknowledged, planned };
  }
}

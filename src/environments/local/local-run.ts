import { HighwaterError } from '../../core/errors.ts';
import type { Scope } from '../../core/scope.ts';
import { seconds } from '../../core/time.ts';
import type { Folders } from '../../leases/folders.ts';
import { liveFileOf } from '../../leases/open-lease-book.ts';
import { ownIdentity, type ProcessIdentity } from '../../leases/process-identity.ts';
import { type TakenBlock, takeBlock } from '../addresses/address-block.ts';
import { misfits, placeNodes, slotsOfRole } from '../addresses/address-plan.ts';
import type { AddressBook, LinkClass, RunContext } from '../environment.ts';
import type { Node, NodeSpec, RoleSpec } from '../node.ts';
import { makeWorkFolder } from '../work-folder.ts';
import { type OpenLinks, openLinks } from './links/open-links.ts';
import { localBook } from './local-book.ts';
import type { LocalNode } from './local-node.ts';
import { makeNode } from './node-maker.ts';
import { placesOf } from './node-places.ts';
import { type Anchor, startAnchor } from './processes/anchor.ts';
import type { NamespaceProbe } from './processes/namespaces.ts';
import { type Launcher, launcherOf, type OwnedProcess } from './processes/owned-process.ts';
import { keepArchives, toKeep } from './software/class-archive.ts';
import type { Java } from './software/java.ts';
import { watchDisk } from './volumes/disk-watch.ts';

/** What a run on this machine is given by the environment. */
export interface LocalRunSetting {
  readonly folders: Folders;
  readonly namespaces: NamespaceProbe;
  readonly ownAddresses: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A certain address block, by its number. */
  readonly block: number | undefined;
  /** Let the work folder be when a run ends. */
  readonly keep: boolean;
  readonly java: (signal: AbortSignal) => Promise<Java>;
}

/** What is asked for: addresses for these, and links among them. */
export interface LocalRequest {
  readonly roles: readonly RoleSpec[];
  readonly links: readonly LinkClass[];
}

interface LocalRunParts {
  readonly request: LocalRequest;
  readonly taken: TakenBlock;
  readonly work: string;
  readonly run: RunContext;
  readonly open: OpenLinks;
  readonly nodes: Map<string, LocalNode>;
}

/** Inner pids of a run: enough for its nodes and many restarts, and all runs fit below 32 768. */
const PIDS_PER_BLOCK = 120;
const FIRST_INNER_PID = 2_000;

/** What one run has on this machine: a block of addresses, a work folder, an anchor, and nodes. */
export class LocalRun {
  readonly book: AddressBook;
  readonly work: string;
  /** Whether the work folder stays when the run ends. */
  readonly keeps: boolean;
  readonly lockPath: string;
  readonly #setting: LocalRunSetting;
  readonly #roles: readonly RoleSpec[];
  readonly #taken: TakenBlock;
  readonly #hostsFileOf: OpenLinks['hostsFileOf'];
  readonly #nodes: Map<string, LocalNode>;
  readonly #others: ProcessIdentity[] = [];
  #launcher: Promise<Launcher> | undefined;

  private constructor(setting: LocalRunSetting, given: LocalRunParts) {
    const { request, taken, work, run, open, nodes } = given;
    const { roles, links: classes } = request;
    this.#setting = setting;
    this.#roles = roles;
    this.#taken = taken;
    this.work = work;
    this.keeps = setting.keep;
    this.lockPath = taken.lockPath;
    this.#hostsFileOf = open.hostsFileOf;
    this.#nodes = nodes;
    this.book = localBook(roles, {
      block: taken.block,
      places: (node) => placesOf(work, run.directory, node),
      classes,
      links: open.links,
    });
  }

  /** Takes addresses and a work folder for all roles; the run's scope gives them back. */
  static async reserve(
    setting: LocalRunSetting,
    request: LocalRequest,
    run: RunContext,
  ): Promise<LocalRun> {
    const { roles, links } = request;
    const problems = misfits(roles, setting.ownAddresses, links);
    if (problems.length > 0) {
      throw new HighwaterError('PLAN_IMPOSSIBLE', `no addresses for this: ${problems.join('; ')}`, {
        hint: 'ask for fewer nodes',
      });
    }
    const { folders } = setting;
    const leases = liveFileOf({ run: run.run, live: folders.live });
    const taking = takeBlock({
      locks: folders.locks,
      holder: { run: run.run, owner: ownIdentity(), leases },
      leases: run.leases,
      ownAddresses: setting.ownAddresses,
      ...(setting.block === undefined ? {} : { only: setting.block }),
      uses: (block) =>
        [...placeNodes(roles).values()].flatMap(({ index, role }) =>
          slotsOfRole(role).map((_, slot) => block.endpoint(index, slot)),
        ),
    });
    // Owned before it is there: a scope that closes meanwhile waits for it, and gives it back.
    run.scope.onClose('address block', async () => (await unlessFailed(taking))?.release());
    const taken = await taking;
    run.signal.throwIfAborted();
    const work = makeWorkFolder({ root: folders.work, keep: setting.keep }, run);
    watchDisk(folders.work, run);
    const nodes = new Map<string, LocalNode>();
    const pidOf = (node: string): number | null => nodes.get(node)?.process()?.who.pid ?? null;
    const { block } = taken;
    const open = await openLinks({ classes: links, roles, block, work, pidOf }, run);
    return new LocalRun(setting, { request, taken, work, run, open, nodes });
  }

  /** Starts nodes side by side; when one fails those of this call are ended, its error thrown. */
  async launch(specs: readonly NodeSpec[], run: RunContext): Promise<readonly Node[]> {
    const nodes = await this.#make(specs, run);
    const names = nodes.map((node) => node.id).join(', ');
    const end = (limit: AbortSignal): Promise<void> => this.#endAll(nodes, run, limit);
    run.scope.onClose(`nodes ${names}`, end, seconds(45));
    run.progress(`starting ${names}`);
    const started = await Promise.allSettled(nodes.map((node) => node.start(run.signal)));
    const failed = started.find((each) => each.status === 'rejected');
    if (failed === undefined) return nodes;
    await Promise.allSettled(nodes.map((node) => node.end()));
    run.signal.throwIfAborted();
    throw failed.reason as Error;
  }

  /** Every process that this run started and that may still be there. */
  processes(): readonly { readonly label: string; readonly who: ProcessIdentity }[] {
    const nodes = [...this.#nodes.values()].flatMap((node) =>
      node.lives.map((who) => ({ label: node.id, who })),
    );
    return [...nodes, ...this.#others.map((who) => ({ label: 'helper', who }))];
  }

  async #make(specs: readonly NodeSpec[], run: RunContext): Promise<readonly LocalNode[]> {
    const { folders, env } = this.#setting;
    const [java, launcher] = await Promise.all([
      this.#setting.java(run.signal),
      this.#launcherFor(run),
    ]);
    const making = {
      cache: folders.cache,
      work: this.work,
      env,
      java,
      launcher,
      roles: this.#roles,
      hostsFileOf: this.#hostsFileOf,
      told: (process: OwnedProcess) => this.#others.push(process.who),
    };
    const nodes: LocalNode[] = [];
    for (const spec of specs) {
      if (this.#nodes.has(spec.id)) {
        throw new HighwaterError('BUG', `bug in highwater: node ${spec.id} was launched twice`);
      }
      nodes.push(await makeNode(spec, making, run));
    }
    for (const node of nodes) this.#nodes.set(node.id, node);
    return nodes;
  }

  get #hasLimits(): boolean {
    return this.#roles.some(({ volumeLimits = {} }) => Object.keys(volumeLimits).length > 0);
  }

  #launcherFor(run: RunContext): Promise<Launcher> {
    this.#launcher ??= this.#startLauncher(run);
    return this.#launcher;
  }

  async #startLauncher(run: RunContext): Promise<Launcher> {
    const { namespaces } = this.#setting;
    let anchor: Anchor | null = null;
    if (namespaces.mode !== 'none') {
      const starting = startAnchor(namespaces, run.leases, this.#hasLimits);
      run.scope.onClose('anchor', async () => (await unlessFailed(starting))?.end());
      anchor = await starting;
      this.#others.push(anchor.who);
    }
    const from = FIRST_INNER_PID + this.#taken.block.ordinal * PIDS_PER_BLOCK;
    return launcherOf(anchor, run.leases, { from, size: PIDS_PER_BLOCK });
  }

  async #endAll(nodes: readonly LocalNode[], run: RunContext, limit: AbortSignal): Promise<void> {
    const recorders = closedInPeace(run.scope) ? toKeep(nodes.map((node) => node.recorder())) : [];
    const recording = new Set(recorders.map(({ node }) => node));
    // The others first: they would take the processor from those that write their archives.
    const ended = await Promise.allSettled(
      nodes.filter(({ id }) => !recording.has(id)).map((node) => node.end()),
    );
    if (recorders.length > 0) {
      run.progress('keeping class-data archives for quicker starts (first time only)');
      for (const said of await keepArchives(recorders, limit)) run.progress(said);
    }
    ended.push(...(await Promise.allSettled(nodes.map((node) => node.end()))));
    const failed = ended.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason as Error;
  }
}

/** The scope closes because its work is done, and not because somebody wants to be gone at once. */
const closedInPeace = (scope: Scope): boolean => {
  const reason = scope.signal.reason as unknown;
  return reason instanceof Error && reason.message === `scope "${scope.label}" closed`;
};

/** What was being acquired, once it is there; nothing when that failed: its caller was told. */
const unlessFailed = <T>(acquiring: Promise<T>): Promise<T | null> => acquiring.catch(() => null);

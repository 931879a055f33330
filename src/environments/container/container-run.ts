import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HighwaterError } from '../../core/errors.ts';
import { seconds } from '../../core/time.ts';
import type { Folders } from '../../leases/folders.ts';
import { liveFileOf } from '../../leases/open-lease-book.ts';
import { ownIdentity } from '../../leases/process-identity.ts';
import { type TakenBlock, takeBlock } from '../addresses/address-block.ts';
import { misfits, placeNodes, slotsOfRole } from '../addresses/address-plan.ts';
import type { AddressBook, Leftover, LinkClass, RunContext } from '../environment.ts';
import { type ImageChoice, imageOf, NET_IMAGE } from '../images/image-choice.ts';
import { launchSideBySide } from '../known-runs.ts';
import type { Node, NodeSpec, RoleSpec } from '../node.ts';
import { type NetLinks, openNetLinks } from '../packet-links/net-links.ts';
import { makeWorkFolder } from '../work-folder.ts';
import { Works } from '../works.ts';
import { containerBook } from './container-book.ts';
import { ContainerNode } from './container-node.ts';
import type { Engine } from './engine.ts';
import { ensureImage } from './images.ts';
import { labelsFor, nameOf, ofRun, RUN_LABEL } from './layout.ts';
import { linkedEnds } from './linked-ends.ts';
import { reaperSession } from './reaper.ts';
import { startSandbox } from './sandbox.ts';
import { openShellChannel } from './shell-channel.ts';
import { removeRun, thingsOfRun } from './things-of-run.ts';

/** What a run in containers is given by the environment. */
export interface ContainerRunSetting {
  readonly engine: Engine;
  readonly folders: Folders;
  readonly images: ImageChoice;
  /** Let containers and volumes be when a run ends. */
  readonly keep: boolean;
}

interface ContainerRunParts {
  readonly roles: readonly RoleSpec[];
  readonly run: RunContext;
  readonly taken: TakenBlock;
  readonly links: NetLinks | null;
  readonly works: Works;
  readonly labels: ReturnType<typeof labelsFor>;
}

const REMOVED_WITHIN = seconds(60);

/** What one run has in an engine: a network, a range of ports, and nodes with their volumes. */
export class ContainerRun {
  readonly book: AddressBook;
  readonly #setting: ContainerRunSetting;
  readonly #parts: ContainerRunParts;
  readonly #nodes = new Map<string, ContainerNode>();

  private constructor(setting: ContainerRunSetting, parts: ContainerRunParts) {
    this.#setting = setting;
    this.#parts = parts;
    this.book = containerBook(parts.roles, parts.taken.block, parts.links);
  }

  /** Takes ports and makes the network; the run's scope gives all of it back. */
  static async reserve(
    setting: ContainerRunSetting,
    request: { readonly roles: readonly RoleSpec[]; readonly links: readonly LinkClass[] },
    run: RunContext,
  ): Promise<ContainerRun> {
    const { roles } = request;
    const problems = misfits(roles, false);
    if (problems.length > 0) {
      throw new HighwaterError('PLAN_IMPOSSIBLE', `no ports for this: ${problems.join('; ')}`, {
        hint: 'ask for fewer nodes',
      });
    }
    const taken = await takePorts(setting.folders, roles, run);
    // Nothing of the nodes lies there; whoever keeps a system up talks to it by a socket in it.
    makeWorkFolder({ root: setting.folders.work, keep: false }, run);
    const works = new Works();
    const { engine, keep } = setting;
    // A reaper would take what is kept as soon as this process has gone.
    const session = keep ? {} : await reaperSession(engine, run.progress);
    const labels = labelsFor(run.run, session);
    const lease = run.leases.intend('containers', { run: run.run });
    run.scope.onClose(
      'containers',
      async () => {
        await works.close();
        await (keep ? stopRun(engine, run) : removeRun(engine, run.run));
        lease.released();
      },
      REMOVED_WITHIN,
    );
    await works.do('making a network', () =>
      engine.docker.createNetwork({ Name: nameOf(run.run), Labels: labels() }),
    );
    lease.acquired({ run: run.run });
    run.signal.throwIfAborted();
    const links =
      request.links.length === 0
        ? null
        : await openNetLinks({ ...linkedEnds(roles, taken.block), classes: request.links }, run);
    return new ContainerRun(setting, { roles, run, taken, links, works, labels });
  }

  /** Starts nodes side by side; when one fails those of this call are ended, its error thrown. */
  async launch(specs: readonly NodeSpec[], run: RunContext): Promise<readonly Node[]> {
    await mkdir(join(run.directory, 'logs'), { recursive: true });
    return launchSideBySide(specs, (spec) => this.#launchOne(spec, run), run);
  }

  /** What the engine still has of this run. */
  async census(): Promise<readonly Leftover[]> {
    if (this.#setting.keep) return [];
    const things = await thingsOfRun(this.#setting.engine, this.#parts.run.run);
    return things.map(({ kind, what }) => ({ kind, what }));
  }

  async #launchOne(spec: NodeSpec, run: RunContext): Promise<ContainerNode> {
    if (this.#nodes.has(spec.id)) {
      throw new HighwaterError('BUG', `bug in highwater: node ${spec.id} was launched twice`);
    }
    const { engine, images } = this.#setting;
    const { roles, taken, links, works, labels } = this.#parts;
    const role = roles.find((each) => each.role === spec.role);
    const index = placeNodes(roles).get(spec.id)?.index;
    if (role === undefined || index === undefined) {
      throw new HighwaterError('BUG', `bug in highwater: node ${spec.id} was not reserved`);
    }
    const ports = slotsOfRole(role).map((_, slot) => taken.block.endpoint(index, slot));
    const { signal, progress } = run;
    const sandbox = await works.do(`making ${spec.id}`, async () => {
      signal.throwIfAborted();
      const wanted = links === null ? imageOf(spec, images) : (images['net'] ?? NET_IMAGE);
      const image = await ensureImage(engine, wanted, progress);
      signal.throwIfAborted();
      const { volumes } = role;
      const dialer = links === null ? null : linkedEnds(roles, taken.block).dialerOf(spec.id);
      const network = nameOf(run.run);
      const of = { run: run.run, labels, node: spec.id, image, network, ports, volumes };
      return startSandbox(engine, { ...of, dialer });
    });
    const { address, container } = sandbox;
    await links?.joined(spec.id, { address, shell: () => openShellChannel(container) });
    const node = new ContainerNode({
      engine,
      images,
      run: run.run,
      labels,
      spec,
      sandbox,
      volumes: role.volumes,
      memory: role.memory,
      logFile: join(run.directory, 'logs', `${spec.id}.log`),
      works,
      progress,
    });
    this.#nodes.set(spec.id, node);
    await node.start(signal);
    return node;
  }
}

/** A range of port numbers below those that the kernel gives out by itself, for this run alone. */
async function takePorts(
  folders: Folders,
  roles: readonly RoleSpec[],
  run: RunContext,
): Promise<TakenBlock> {
  const leases = liveFileOf({ run: run.run, live: folders.live });
  const taking = takeBlock({
    locks: folders.locks,
    holder: { run: run.run, owner: ownIdentity(), leases },
    leases: run.leases,
    ownAddresses: false,
    uses: (block) =>
      [...placeNodes(roles).values()].flatMap(({ index, role }) =>
        slotsOfRole(role).map((_, slot) => block.endpoint(index, slot)),
      ),
  });
  // Owned before it is there: a scope that closes meanwhile waits for it, and gives it back.
  run.scope.onClose('ports', async () => (await taking.catch(() => null))?.release());
  const taken = await taking;
  run.signal.throwIfAborted();
  return taken;
}

/** Ends the containers of a run that is kept, and says how to look and how to remove them. */
async function stopRun({ docker }: Engine, { run, progress }: RunContext): Promise<void> {
  const label = `label=${RUN_LABEL}=${run}`;
  const running = await docker.listContainers({ filters: ofRun(run) });
  await Promise.allSettled(running.map(({ Id }) => docker.getContainer(Id).kill()));
  progress(`kept: docker ps -a --filter ${label}; to remove: docker rm -v, volume rm, network rm`);
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localEnvironment } from '../../../src/environments/local/local-environment.ts';
import { findJava, javaCommand } from '../../../src/environments/local/software/java.ts';
import { identityOf, livenessOf } from '../../../src/leases/process-identity.ts';
import type { DoomedPlace } from './doomed-run.ts';
import { launchIdle, openTestRun } from './idle-nodes.ts';

/**
 * What stands beside runs that are killed, and must not be touched: a JVM that looks like a broker
 * of somebody else, a plain process with the mark of a run, files and a folder in our folders that
 * no lease names, and a living run that holds a node of its own by the same folders.
 */
export interface Decoys extends AsyncDisposable {
  /** What is not as it was, in words; and what is there that was not. */
  problems(): Promise<readonly string[]>;
}

/** Has the name of a broker's main class, and idles until its standard input ends. */
const BROKER_BY_NAME = `
class Kafka {
  public static void main(String[] args) throws Exception {
    System.out.println("up");
    System.in.read();
  }
}`;

/** Puts the decoys there. */
export async function openDecoys(place: DoomedPlace): Promise<Decoys> {
  const { folders, env, root } = place;
  const never = new AbortController().signal;
  const bystander = openTestRun(`bystander-${process.pid}`, join(root, 'bystander'), folders.live);
  const { nodes } = await launchIdle(localEnvironment({ env }), bystander, 1);
  const source = join(root, 'Kafka.java');
  writeFileSync(source, BROKER_BY_NAME);
  const { java } = await findJava(javaCommand(undefined, env), never);
  const flags = ['-Xmx64m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
  const marked = { ...env, HIGHWATER_RUN: 'a-decoy' };
  const jvm = spawn(java, [...flags, source, 'server.properties'], {
    env: marked,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await Promise.race([once(jvm.stdout, 'data'), failedToStart(jvm)]);
  // Both end with this process, however it ends.
  const idler = spawn('cat', [], { env: marked, stdio: ['pipe', 'ignore', 'inherit'] });
  const strangers = [jvm, idler].map((child) => ({ child, who: identityOf(child.pid ?? 0) }));

  const kept = new Map(
    [folders.live, folders.work, folders.locks].map((folder) => {
      mkdirSync(join(folder, 'a-folder'));
      const file = join(folder, 'a-file.txt');
      writeFileSync(file, 'in no lease\n');
      return [file, readdirSync(folder).sort()] as const;
    }),
  );
  return {
    async problems() {
      const dead = strangers
        .filter(({ who }) => who === null || livenessOf(who) !== 'alive')
        .map(({ child }) => `the decoy ${child.spawnfile} is gone`);
      const states = await Promise.all(nodes.map((node) => node.look(never)));
      const down = states.filter(({ state }) => state !== 'up').map(() => 'the bystander is down');
      const files = [...kept].flatMap(([file, before]) => {
        const folder = join(file, '..');
        const now = readdirSync(folder).sort();
        const gone = before.filter((name) => !now.includes(name));
        const more = now.filter((name) => !before.includes(name));
        return [
          ...gone.map((name) => `${join(folder, name)} is gone`),
          ...more.map((name) => `${join(folder, name)} was left`),
          ...(readFileSync(file, 'utf8') === 'in no lease\n' ? [] : [`${file} was changed`]),
        ];
      });
      return [...dead, ...down, ...files];
    },
    async [Symbol.asyncDispose]() {
      for (const { child } of strangers) child.kill('SIGKILL');
      await bystander.scope.close();
    },
  };
}

async function failedToStart(child: ReturnType<typeof spawn>): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`the decoy JVM ended with exit code ${code} before it was up`);
}

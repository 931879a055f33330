import { Command, Option } from 'commander';
import type { ExitCode } from '../core/errors.ts';
import { PROFILES } from '../record/plan.ts';
import { ENVIRONMENTS } from '../registry.ts';
import { analyzeCommand } from './analyze.ts';
import { doctorCommand } from './doctor.ts';
import { imagesBuildCommand, imagesLoadCommand, imagesSaveCommand } from './images.ts';
import { planCommand } from './plan.ts';
import { runCommand } from './run.ts';
import { sizeCommand } from './size.ts';
import { sweepCommand } from './sweep.ts';
import { downCommand } from './up/down.ts';
import { faultCommand } from './up/fault.ts';
import { loadCommand } from './up/load.ts';
import { statusCommand } from './up/status.ts';
import { upCommand } from './up/up.ts';

/**
 * The command line: one file a command; exit codes as in the README. `told` gets the exit code of
 * the command that ran. It never leaves the process by itself: help and mistakes are thrown.
 */
export function highwaterProgram(told: (exit: ExitCode) => void): Command {
  const program = new Command('highwater')
    .description('Starts Kafka for real, loads it, hurts it, and judges what happened.')
    .showHelpAfterError('(highwater --help lists the commands)')
    .exitOverride();
  addRunAndPlan(program, told);
  addStanding(program, told);
  addImages(program, told);

  program
    .command('analyze')
    .description('judge a recorded run again; the same record gives the same verdict.json')
    .argument('[run]', 'a run directory', 'reports/latest')
    .action(async (directory: string) => told(await analyzeCommand(directory)));

  program
    .command('size')
    .description('compute the size of a system for a declared load; hold it against a run')
    .argument('<declared...>', 'words like rate=2000 recordBytes=1KiB, or files of JSON')
    .option('--run <directory>', 'a run of that load')
    .option('--one <directory>', 'a run of it with a single partition, at its limit')
    .action(async (words: string[], flags) => told(await sizeCommand(words, flags)));

  program
    .command('doctor')
    .description('look whether this machine can run suites; says what is missing and what to do')
    .addOption(environment())
    .action(async (flags) => told(await doctorCommand(flags)));

  program
    .command('sweep')
    .description('give back what runs that died have left: processes, folders, address blocks')
    .option('--dry-run', 'only say what would be done')
    .action(async (flags) => told(await sweepCommand(flags)));

  return program;
}

function addRunAndPlan(program: Command, told: (exit: ExitCode) => void): void {
  program
    .command('run')
    .description('run suites and judge them; without names all below suites/')
    .argument('[suites...]', 'files, folders, or names below suites/: failover/leader-down')
    .addOption(environment())
    .addOption(seed())
    .addOption(profile())
    .option('--grep <pattern>', 'only scenarios whose name matches')
    .addOption(set())
    .option('--control', 'leave the faults out: what does the same load look like unhurt?')
    .option('--keep', "keep the nodes' data after the run")
    .addOption(context())
    .addOption(namespace())
    .option('--out <folder>', 'where run directories go', 'reports')
    .action(async (suites: string[], flags) => told(await runCommand(suites, flags)));

  program
    .command('plan')
    .description('print what a run would do, as JSON; starts nothing')
    .argument('[suites...]', 'files, folders, or names below suites/')
    .addOption(environment())
    .addOption(seed())
    .addOption(profile())
    .option('--grep <pattern>', 'only scenarios whose name matches')
    .addOption(set())
    .option('--control', 'without the faults')
    .action(async (suites: string[], flags) => told(await planCommand(suites, flags)));
}

/** Systems that are put up to be used, and what can be done to them. */
function addStanding(program: Command, told: (exit: ExitCode) => void): void {
  program
    .command('up')
    .description('start a system and let it stand; without a suite, three brokers of Kafka')
    .argument('[suite]', 'the suite whose system and topics are started; nothing is judged')
    .option('--name <name>', 'what it is called by the other commands', 'dev')
    .addOption(environment())
    .addOption(profile())
    .addOption(set())
    .addOption(context())
    .addOption(namespace())
    .option('--links', 'lead all traffic over links that faults can cut and slow')
    .option('--detach', 'return when it is ready; a process in the background keeps it up')
    .option('--out <folder>', 'where run directories go', 'reports')
    .action(async (suite: string | undefined, flags) => told(await upCommand(suite, flags)));

  program
    .command('status')
    .description('what is up, where it is reached, and how its nodes are')
    .argument('[name]', 'only this one')
    .action(async (name: string | undefined) => told(await statusCommand(name)));

  program
    .command('down')
    .description('take a system down and give back all that it held')
    .argument('[name]', 'which one, when several are up')
    .action(async (name: string | undefined) => told(await downCommand(name)));

  program
    .command('fault')
    .description('do a fault to a system that is up: engage, confirm, hold, heal, confirm')
    .argument('<fault>', 'its name, as in a suite: down')
    .argument('<targets...>', 'broker-2, or leader-of:orders-0, or role:broker:minority')
    .option('--hold <time>', 'how long it lasts', '10s')
    .option('--other <targets...>', 'the other side, of a fault that has two')
    .option('--param <key=value...>', 'its parameters')
    .option('--on <name>', 'which system, when several are up')
    .action(async (fault: string, targets: string[], flags) =>
      told(await faultCommand(fault, targets, flags)),
    );

  program
    .command('load')
    .description('send to a system that is up, and tell what was measured')
    .option('--rate <records>', 'records a second', '500')
    .option('--for <time>', 'how long', '10s')
    .option('--workers <count>', 'threads that send', '1')
    .option('--on <name>', 'which system, when several are up')
    .action(async (flags) => told(await loadCommand(flags)));
}

/** Images for the container environment. */
function addImages(program: Command, told: (exit: ExitCode) => void): void {
  const images = program.command('images').description('images of the systems, without a registry');
  images
    .command('build')
    .description('build highwater/<software>:<version> from release jars')
    .argument('<wanted...>', 'kafka@4.3.1, zookeeper@3.9.5, cp-kafka@7.9.1')
    .option('--base <image>', 'an image with a java on its PATH', 'eclipse-temurin:17-jre')
    .action(async (words: string[], flags) => told(await imagesBuildCommand(words, flags)));
  images
    .command('save')
    .description('write images to a file, as docker save does')
    .argument('<file>', 'must not exist')
    .argument('<images...>', 'their references')
    .action(async (file: string, references: string[]) =>
      told(await imagesSaveCommand(file, references)),
    );
  images
    .command('load')
    .description('read images from such a file')
    .argument('<file>')
    .action(async (file: string) => told(await imagesLoadCommand(file)));
}

const set = (): Option =>
  new Option(
    '--set <system.key=value...>',
    'replace what suites say of a system: kafka.version=3.9.1',
  );

const environment = (): Option =>
  new Option('--env <name>', 'where to run')
    .choices(ENVIRONMENTS)
    .default('local')
    .env('HIGHWATER_ENV');

const context = (): Option =>
  new Option('--context <name>', 'a cluster of the kubeconfig that is there; with --namespace');

const namespace = (): Option =>
  new Option('--namespace <name>', 'the namespace of it that agreed to tests');

const profile = (): Option =>
  new Option('--profile <name>', "fast: short time-outs; production: the system's own defaults")
    .choices(PROFILES)
    .default('fast')
    .env('HIGHWATER_PROFILE');

const seed = (): Option =>
  new Option('--seed <text>', 'decides every random choice; a new one unless given').env(
    'HIGHWATER_SEED',
  );

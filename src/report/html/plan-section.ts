import type { RunResult } from '../../checkers/result.ts';
import type { Json } from '../../core/json.ts';
import { ms } from '../../core/time.ts';
import { perSecond, showRate, showSpan } from '../../core/units.ts';
import { showPartition, type TopicPartition } from '../../record/names.ts';
import type { RunPlan, StagePlan, StepPlan, TopicPlan } from '../../record/plan.ts';
import type { Office, TargetRule } from '../../record/targets.ts';
import { quoted } from '../shown-path.ts';
import { type Html, type HtmlPart, html } from './html.ts';

/**
 * What was to happen: system, topics, load, faults, seed; and the commands to judge or run it
 * again.
 */
export function planSection(plan: RunPlan, result: RunResult): Html {
  const { system, workload, load } = plan;
  return html`<section aria-labelledby="plan">
<h2 id="plan">Plan</h2>
<dl class="plan">
${fact('suite', plan.scenario.suite)}
${fact('environment', `${plan.environment}, ${plan.profile} profile`)}
${fact('system', `${system.kind}: ${settings(system.spec)}`)}
${plan.topics.map((topic) => fact(`topic ${topic.name}`, topicText(topic)))}
${fact('workload', `${workload.name}: ${settings(workload.params)}`)}
${fact('load', loadText(plan))}
${fact('workers', load.workers)}
${plan.timeline.map((step) => fact(step.id, stepText(step, plan.control)))}
${fact('watches', plan.watches.join(', ') || 'none')}
${fact('seed', html`<code>${plan.seed}</code>`)}
${fact('run', html`<code>${result.run}</code>`)}
</dl>
<h2>Again</h2>
<p>Judge this record again, in the folder that holds the run directory:</p>
<pre>npx highwater analyze ${result.run}</pre>
<p>Run the same plan anew:</p>
<pre>${runCommand(plan)}</pre>
</section>`;
}

const runCommand = ({ scenario, environment, profile, seed, control }: RunPlan): string =>
  `npx highwater run ${quoted(scenario.suite)} --env ${environment} --profile ${profile} ` +
  `--seed ${quoted(seed)}${control ? ' --control' : ''}`;

const fact = (
  name: string,
  value: HtmlPart,
): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>
`;

const settings = (values: Readonly<Record<string, Json>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');

const topicText = ({ partitions, replication, minInSync, config }: TopicPlan): string =>
  [
    `${partitions} partitions`,
    `replication ${replication}`,
    `min.insync.replicas ${minInSync}`,
    ...Object.entries(config).map(([key, value]) => `${key}=${value}`),
  ].join(', ');

const loadText = ({ load }: RunPlan): string =>
  [`warm-up ${showSpan(ms(load.warmUpMs))}`, ...load.stages.map(stageText)].join(', then ') +
  (load.overtimeMs > 0
    ? `; until all is healed, at most ${showSpan(ms(load.overtimeMs))} longer`
    : '');

function stageText({ fromRate, toRate, forMs }: StagePlan): string {
  const long = showSpan(ms(forMs));
  if (fromRate === 0 && toRate === 0) return `a pause of ${long}`;
  const first = showRate(perSecond(fromRate));
  return fromRate === toRate
    ? `${first} for ${long}`
    : `${first} to ${showRate(perSecond(toRate))} over ${long}`;
}

function stepText(step: StepPlan, control: boolean): string {
  const { atMs, after, params } = step;
  const when =
    after === null
      ? `at ${showSpan(ms(atMs))} of the baseline`
      : `${showSpan(ms(atMs))} after ${after}`;
  const what =
    step.kind === 'change'
      ? `${step.change} ${when}, within ${showSpan(ms(step.limitMs))}`
      : `${step.fault} ${targetText(step.target)}${
          step.other === null ? '' : ` and ${targetText(step.other)}`
        } ${when}, for ${showSpan(ms(step.holdMs))}`;
  return (
    what +
    (Object.keys(params).length === 0 ? '' : `, ${settings(params)}`) +
    (control ? ' (left out: this is a control run)' : '')
  );
}

function targetText(target: TargetRule): string {
  if ('leaderOf' in target) return `the leader of ${heldText(target.leaderOf)}`;
  if ('followerOf' in target) {
    const but = target.but === undefined ? '' : ` that is not ${heldText(target.but)}`;
    return `a follower of ${heldText(target.followerOf)}${but}`;
  }
  if ('lastInSyncOf' in target) {
    return `the last replica in sync of ${showPartition(target.lastInSyncOf)}`;
  }
  if ('nodes' in target) return target.nodes.join(', ');
  if ('members' in target) {
    const { members } = target;
    return typeof members === 'string' ? `${members} of the group` : members.join(', ');
  }
  return `${target.count ?? 1} × ${target.role}`;
}

const heldText = (held: TopicPartition | Office): string => {
  if (typeof held === 'string') return held;
  return 'topic' in held ? showPartition(held) : held.transactionalId;
};

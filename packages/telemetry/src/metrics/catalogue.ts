/** What one metric is: its kind, what it tells, and its labels. Times are seconds, sizes bytes, as Prometheus has it. */
export interface MetricSpecification {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds, of a histogram. */
  readonly buckets?: readonly number[];
}

/** From a millisecond to ten seconds: what a machine does. */
const short = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** From fifty milliseconds to five minutes: what others are waited for. */
const calls = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300];
/** From a tenth of a second to a day: how long a job takes, people included. */
const jobs = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400];

/** What a process counts of its own work, since it was started. */
export const processMetrics = {
  pawl_http_requests_total: {
    type: 'counter',
    help: 'HTTP requests that were answered.',
    labels: ['method', 'route', 'status'],
  },
  pawl_http_request_duration_seconds: {
    type: 'histogram',
    help: 'From the arrival of a request to the end of its answer, without long polls and streams.',
    labels: ['method', 'route'],
    buckets: short,
  },
  pawl_jobs_created_total: {
    type: 'counter',
    help: 'Jobs that were accepted, by what posted them: api or schedule.',
    labels: ['source'],
  },
  pawl_jobs_ended_total: {
    type: 'counter',
    help: 'Jobs that have ended, by status, and by stop reason or code of the failure.',
    labels: ['status', 'reason'],
  },
  pawl_job_duration_seconds: {
    type: 'histogram',
    help: 'From the acceptance of a job to its end, waiting for people included.',
    labels: ['status'],
    buckets: jobs,
  },
  pawl_queue_wait_seconds: {
    type: 'histogram',
    help: 'From the moment a step or webhook may run to its claim, waiting for a share included.',
    labels: ['queue'],
    buckets: [...short, 30, 60, 300, 1_800],
  },
  pawl_model_calls_total: {
    type: 'counter',
    help: 'Model calls by the model asked for and what came of it.',
    labels: ['model', 'outcome'],
  },
  pawl_model_errors_total: {
    type: 'counter',
    help: 'Model calls that failed, by the code of the failure.',
    labels: ['model', 'code'],
  },
  pawl_model_call_duration_seconds: {
    type: 'histogram',
    help: 'How long model calls took, whatever came of them.',
    labels: ['model'],
    buckets: calls,
  },
  pawl_model_tokens_total: {
    type: 'counter',
    help: 'Tokens that model calls have used, by the model that answered, and by type: input or output.',
    labels: ['model', 'type'],
  },
  pawl_model_cost_usd_total: {
    type: 'counter',
    help: 'What model calls have cost in US dollars, as their endpoint says, by the model that answered.',
    labels: ['model'],
  },
  pawl_tool_calls_total: {
    type: 'counter',
    help: 'Tool calls by what came of them.',
    labels: ['connection', 'tool', 'outcome'],
  },
  pawl_tool_errors_total: {
    type: 'counter',
    help: 'Tool calls that failed, by the code of the failure.',
    labels: ['connection', 'code'],
  },
  pawl_tool_call_duration_seconds: {
    type: 'histogram',
    help: 'How long tool calls took, whatever came of them.',
    labels: ['tool'],
    buckets: calls,
  },
  pawl_unknown_outcomes_total: {
    type: 'counter',
    help: 'Writing tool calls of which nobody knows whether they had their effect.',
    labels: ['tool'],
  },
  pawl_claims_lost_total: {
    type: 'counter',
    help: 'Claims that never reported: their worker died or was cut off. By kind of task.',
    labels: ['kind'],
  },
  pawl_steps_quarantined_total: {
    type: 'counter',
    help: 'Steps that were quarantined, since they took their worker down each time.',
    labels: [],
  },
  pawl_commits_total: {
    type: 'counter',
    help: 'Commits by result: committed, or conflict where somebody else was first.',
    labels: ['result'],
  },
  pawl_webhook_deliveries_total: {
    type: 'counter',
    help: 'Webhooks by what became of them: created, succeeded or dead.',
    labels: ['status'],
  },
  pawl_webhook_attempts_total: {
    type: 'counter',
    help: 'Attempts at webhooks, by class of the status that was answered, or by the code of the failure.',
    labels: ['result'],
  },
  pawl_webhook_attempt_duration_seconds: {
    type: 'histogram',
    help: 'How long attempts at webhooks took.',
    labels: [],
    buckets: calls,
  },
  pawl_sweep_duration_seconds: {
    type: 'histogram',
    help: 'How long one part of a sweep took.',
    labels: ['part'],
    buckets: short,
  },
  pawl_sweep_handled_total: {
    type: 'counter',
    help: 'What was due and was handled by the sweeper, by part; a step that runs for long is looked at repeatedly.',
    labels: ['part'],
  },
  pawl_archived_jobs_total: {
    type: 'counter',
    help: 'Ended jobs that the archive has taken.',
    labels: [],
  },
  pawl_archive_errors_total: {
    type: 'counter',
    help: 'Batches of ended jobs that the archive did not take.',
    labels: [],
  },
  pawl_sweep_finished_timestamp_seconds: {
    type: 'gauge',
    help: 'When this process has last finished a sweep, by shard.',
    labels: ['shard'],
  },
  pawl_redis_command_duration_seconds: {
    type: 'histogram',
    help: 'From sending a command to its answer, on the connections that do not block.',
    labels: ['command'],
    buckets: [0.0001, 0.00025, 0.0005, ...short],
  },
} as const satisfies Record<string, MetricSpecification>;

/** What is stored, the same whoever reads it: gateways show it. */
export const stateMetrics = {
  pawl_redis_up: {
    type: 'gauge',
    help: '1 if what is stored could be read at this scrape, else 0; then the metrics below are missing.',
    labels: [],
  },
  pawl_jobs: {
    type: 'gauge',
    help: 'Jobs that are kept, by status.',
    labels: ['status'],
  },
  pawl_jobs_waiting: {
    type: 'gauge',
    help: 'Jobs that wait, by what for: start, conversation, place, account or approval.',
    labels: ['cause'],
  },
  pawl_queue_tasks: {
    type: 'gauge',
    help: 'Tasks by state: waiting, active, delayed, or parked until their owner has a share.',
    labels: ['queue', 'state'],
  },
  pawl_queue_oldest_task_age_seconds: {
    type: 'gauge',
    help: 'How long the oldest task has waited that could run; 0 where none waits.',
    labels: ['queue'],
  },
  pawl_workers: {
    type: 'gauge',
    help: 'Workers that have said within 15 seconds that they live.',
    labels: [],
  },
  pawl_sweep_overdue_seconds: {
    type: 'gauge',
    help: 'For how long the sweeper should have looked at what has been due for longest, by kind.',
    labels: ['kind'],
  },
  pawl_archive_away: {
    type: 'gauge',
    help: '1 while the archive takes nothing, so that no ended job is erased.',
    labels: [],
  },
  pawl_records_quarantined: {
    type: 'gauge',
    help: 'Records that cannot be read, and were taken out of the way.',
    labels: [],
  },
  pawl_redis_memory_used_bytes: {
    type: 'gauge',
    help: 'Memory that Redis uses, of each primary.',
    labels: ['node'],
  },
  pawl_redis_memory_limit_bytes: {
    type: 'gauge',
    help: 'Memory that Redis may use (maxmemory), of each primary; 0 where there is no limit.',
    labels: ['node'],
  },
} as const satisfies Record<string, MetricSpecification>;

export type ProcessMetric = keyof typeof processMetrics;
export type StateMetric = keyof typeof stateMetrics;

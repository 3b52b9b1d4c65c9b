import { agentOperations } from './agent-operations.ts';
import { jobOperations } from './job-operations.ts';
import { operatorOperations } from './operator-operations.ts';
import { scheduleOperations } from './schedule-operations.ts';
import { triggerOperations } from './trigger-operations.ts';
import { toolOperations } from './tool-operations.ts';
import { tenantOperations } from './tenant-operations.ts';

/** Every operation of the API: what is mounted, what its key needs, and what its document says. */
export const operations = {
  ...jobOperations,
  ...agentOperations,
  ...scheduleOperations,
  ...triggerOperations,
  ...toolOperations,
  ...tenantOperations,
  ...operatorOperations,
};

export type OperationName = keyof typeof operations;

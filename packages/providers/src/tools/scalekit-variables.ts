import { z } from 'zod';

const fromDashboard = 'Copy it from the Scalekit dashboard under API Keys.';

/** What an environment schema needs to reach Scalekit. */
export const scalekitVariables = {
  SCALEKIT_ENVIRONMENT_URL: z.url({ protocol: /^https?$/ }).describe(fromDashboard),
  SCALEKIT_CLIENT_ID: z.string().describe(fromDashboard),
  SCALEKIT_CLIENT_SECRET: z.string().describe(fromDashboard),
} as const;

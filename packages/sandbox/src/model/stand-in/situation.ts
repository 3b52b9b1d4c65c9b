import type { KnownCall } from './knowledge.ts';
import type { ToolProfile } from './tool-profile.ts';

/** What arguments are taken from. */
export type Situation = {
  clause: string;
  prompt: string;
  tool: ToolProfile;
  calls: readonly KnownCall[];
  /** a summary of what this prompt's calls returned, for prompts that pass it on */
  summary: string | undefined;
};

export type Filler = (situation: Situation) => unknown;

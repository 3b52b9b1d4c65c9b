/** What models and tools answer with, and what they are asked with: 500 characters, made in no time. */
export const text = 'x'.repeat(500);

/** Whose tools jobs may use. */
export const connection = 'gmail';

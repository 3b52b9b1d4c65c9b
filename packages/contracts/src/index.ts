export const a: string = 'x';

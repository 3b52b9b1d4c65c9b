/** The tenant of everything that is done without an API key, and of the settings in the environment. */
export const defaultTenant = 'default';

/** A connection that loses the answer to every script, and sends it again as it is. */
export function forgetful<Connection extends object>(connection: Connection): Connection {
  return new Proxy(connection, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const call = value.bind(target) as (...values: unknown[]) => Promise<unknown>;
      if (name !== 'eval' && name !== 'evalsha') return call;
      return async (...values: unknown[]) => {
        await call(...values);
        return call(...values);
      };
    },
  });
}

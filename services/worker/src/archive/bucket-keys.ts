/** What signs for a bucket. */
export interface BucketKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** The keys as they are now: those that somebody lends run out, and are renewed. */
export type BucketKeySource = () => Promise<BucketKeys>;

/**
 * The keys that Amazon's own programs would find: `AWS_ACCESS_KEY_ID` and the like, a profile, the web identity of a
 * Kubernetes service account, a container's or a machine's role. The package is loaded where it is used.
 */
export function standardBucketKeys(): BucketKeySource {
  let known: Promise<BucketKeySource> | undefined;
  return async () => {
    // It remembers the keys, and asks again before they run out.
    known ??= import('@aws-sdk/credential-provider-node').then(({ defaultProvider }) =>
      defaultProvider(),
    );
    const find = await known;
    return find();
  };
}

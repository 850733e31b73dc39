// What is said of a package on its outside.
export interface Release {
  readonly version: string;
  /** Seconds since 1970: the time of all that is in it. */
  readonly epoch: number;
  /** Debian's name: amd64, arm64. */
  readonly architecture: string;
}

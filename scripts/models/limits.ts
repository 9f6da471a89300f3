/** How much is taken from an archive or an address, so that neither fills the disk. */
export interface ModelLimits {
  /** Of one file, unpacked. ONNX Runtime is given the bytes of a network, of which Node can read no more at once. */
  readonly fileBytes: number;
  /** Of all files, unpacked, also of those that are passed over. */
  readonly totalBytes: number;
  readonly entries: number;
  /** Times that an archive may grow when it is unpacked. */
  readonly growth: number;
}

/** The limits where none are given. */
export const modelLimits: ModelLimits = {
  fileBytes: 2 ** 31 - 1,
  totalBytes: 2 ** 33,
  entries: 20_000,
  growth: 200,
};

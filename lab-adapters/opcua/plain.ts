/** Types of OPC UA that are sent and read as numbers, with their bounds. */
const whole: Readonly<Record<string, readonly [number, number]>> = {
  SByte: [-128, 127],
  Byte: [0, 255],
  Int16: [-32_768, 32_767],
  UInt16: [0, 65_535],
  Int32: [-2_147_483_648, 2_147_483_647],
  UInt32: [0, 4_294_967_295],
  Int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  UInt64: [0, Number.MAX_SAFE_INTEGER],
};

/** A value as it is sent, or why it cannot be one of that type: nothing is turned into another kind. */
export function sentAs(type: string, value: unknown): { readonly value: unknown } | { readonly refusal: string } {
  const shown = (JSON.stringify(value) ?? String(value)).slice(0, 60);
  const refuse = (wanted: string) => ({ refusal: `${shown} is given; ${wanted} (${type}) is wanted` });
  if (type === 'Double' || type === 'Float')
    return typeof value === 'number' && Number.isFinite(value) ? { value } : refuse('a number');
  if (type === 'Boolean') return typeof value === 'boolean' ? { value } : refuse('true or false');
  if (type === 'String') return typeof value === 'string' ? { value } : refuse('a text');
  const bounds = whole[type];
  if (bounds === undefined) return { refusal: `a variable of type ${type} is not written here` };
  if (!Number.isSafeInteger(value) || (value as number) < bounds[0] || (value as number) > bounds[1])
    return refuse(`a whole number from ${bounds[0]} to ${bounds[1]}`);
  if (!type.endsWith('Int64')) return { value };
  // As two halves, high and low.
  const big = BigInt.asUintN(64, BigInt(value as number));
  return { value: [Number(big >> 32n), Number(big & 0xffff_ffffn)] };
}

/** A value that was read, as plain JSON: numbers, texts, booleans, lists; a unit (EUInformation) is its short name. */
export function plainValue(type: string, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'Int64' || type === 'UInt64') return isPair(value) ? wholeNumber(type, value) : listed(type, value);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return listed(type, value);
  if (type === 'LocalizedText' || type === 'QualifiedName') return textOf(value);
  if (type === 'ExtensionObject') return textOf((value as { displayName?: unknown }).displayName ?? null);
  if (type === 'ByteString') return Buffer.from(value as Uint8Array).toString('base64');
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? String(value) : value;
}

function listed(type: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value) && type === 'ByteString') return Buffer.from(value.buffer).toString('base64');
  const items = Array.isArray(value) ? (value as unknown[]) : Array.from(value as unknown as ArrayLike<unknown>);
  return items.map((each) => plainValue(type, each));
}

function isPair(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === 'number');
}

function wholeNumber(type: string, [high, low]: readonly [number, number]): number | string {
  const big = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  const told = type === 'Int64' ? BigInt.asIntN(64, big) : big;
  return Number.isSafeInteger(Number(told)) ? Number(told) : String(told);
}

function textOf(value: unknown): string | null {
  const { text, name } = (value ?? {}) as { text?: unknown; name?: unknown };
  const said = text ?? name;
  return typeof said === 'string' ? said : null;
}

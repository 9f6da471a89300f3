import type { INamespace, IType, Reader, Root, Type } from 'protobufjs';
import type { DataType, Feature, Named } from './feature.js';

type Field = readonly [name: string, type: string, rule?: 'repeated'];

/** A message of protobuf whose fields are numbered in their order. */
function message(fields: readonly Field[], nested: Record<string, IType> = {}): IType {
  return {
    fields: Object.fromEntries(
      fields.map(([name, type, rule], i) => [name, { id: i + 1, type, ...(rule && { rule }) }]),
    ),
    ...(Object.keys(nested).length > 0 && { nested }),
  };
}

const framework: Record<string, IType | { values: Record<string, number> }> = {
  String: message([['value', 'string']]),
  Integer: message([['value', 'int64']]),
  Real: message([['value', 'double']]),
  Boolean: message([['value', 'bool']]),
  Binary: message([
    ['value', 'bytes'],
    ['binaryTransferUUID', 'string'],
  ]),
  Date: message([
    ['day', 'uint32'],
    ['month', 'uint32'],
    ['year', 'uint32'],
    ['timezone', 'Timezone'],
  ]),
  Time: {
    ...message([
      ['second', 'uint32'],
      ['minute', 'uint32'],
      ['hour', 'uint32'],
      ['timezone', 'Timezone'],
      ['millisecond', 'uint32'],
    ]),
  },
  Timestamp: message([
    ['second', 'uint32'],
    ['minute', 'uint32'],
    ['hour', 'uint32'],
    ['day', 'uint32'],
    ['month', 'uint32'],
    ['year', 'uint32'],
    ['timezone', 'Timezone'],
    ['millisecond', 'uint32'],
  ]),
  Any: message([
    ['type', 'string'],
    ['payload', 'bytes'],
  ]),
  Timezone: message([
    ['hours', 'int32'],
    ['minutes', 'uint32'],
  ]),
  Duration: message([
    ['seconds', 'int64'],
    ['nanos', 'int32'],
  ]),
  CommandExecutionUUID: message([['value', 'string']]),
  CommandConfirmation: message([
    ['commandExecutionUUID', 'CommandExecutionUUID'],
    ['lifetimeOfExecution', 'Duration'],
  ]),
  ExecutionInfo: message([
    ['commandStatus', 'uint32'],
    ['progressInfo', 'Real'],
    ['estimatedRemainingTime', 'Duration'],
  ]),
  SiLAError: message([
    ['validationError', 'ValidationError'],
    ['definedExecutionError', 'DefinedExecutionError'],
    ['undefinedExecutionError', 'UndefinedExecutionError'],
    ['frameworkError', 'FrameworkError'],
  ]),
  ValidationError: message([
    ['parameter', 'string'],
    ['message', 'string'],
  ]),
  DefinedExecutionError: message([
    ['errorIdentifier', 'string'],
    ['message', 'string'],
  ]),
  UndefinedExecutionError: message([['message', 'string']]),
  FrameworkError: message([
    ['errorType', 'uint32'],
    ['message', 'string'],
  ]),
};

/** Messages of one feature beside those of the standard. */
function messagesOf(feature: Feature): Record<string, IType> {
  const all = ({ commands, properties, types, metadata }: Feature): [string, readonly Named[]][] => [
    ...types.map((each): [string, readonly Named[]] => [`DataType_${each.id}`, [each]]),
    ...metadata.map((each): [string, readonly Named[]] => [`Metadata_${each.id}`, [each]]),
    ...commands.flatMap(({ id, parameters, responses }): [string, readonly Named[]][] => [
      [`${id}_Parameters`, parameters],
      [`${id}_Responses`, responses],
    ]),
    ...properties.map((each): [string, readonly Named[]] => [
      `${each.observable ? 'Subscribe' : 'Get'}_${each.id}_Responses`,
      [each],
    ]),
  ];
  return Object.fromEntries(all(feature).map(([name, fields]) => [name, messageOf(fields)]));
}

function messageOf(fields: readonly Named[]): IType {
  const nested = fields.flatMap(({ id, type }) => {
    const plain = type.kind === 'list' ? type.of : type;
    return plain.kind === 'structure' ? [[`${id}_Struct`, messageOf(plain.elements)] as const] : [];
  });
  return message(
    fields.map(
      ({ id, type }) => [id, fieldType(id, type), ...(type.kind === 'list' ? (['repeated'] as const) : [])] as Field,
    ),
    Object.fromEntries(nested),
  );
}

function fieldType(id: string, type: DataType): string {
  if (type.kind === 'list') return fieldType(id, type.of);
  if (type.kind === 'basic') return `.sila2.org.silastandard.${type.basic}`;
  return type.kind === 'named' ? `DataType_${type.name}` : `${id}_Struct`;
}

/** The messages of a feature and of the standard, made from the definition: no code is generated, no files are needed. */
export class Messages {
  private readonly root: Root;

  private constructor(
    readonly feature: Feature,
    private readonly protobuf: typeof import('protobufjs'),
  ) {
    this.root = new protobuf.Root();
    this.root.define('sila2.org.silastandard', framework as INamespace['nested']);
    this.root.define(feature.package, messagesOf(feature));
    this.root.resolveAll();
  }

  /** @throws {Error} if the definition is not sound */
  static async of(feature: Feature): Promise<Messages> {
    return new Messages(feature, (await import('protobufjs')).default);
  }

  /** A message of the feature. */
  of(name: string): Type {
    return this.root.lookupType(`${this.feature.package}.${name}`);
  }

  /** A message of the standard. */
  standard(name: string): Type {
    return this.root.lookupType(`sila2.org.silastandard.${name}`);
  }

  /** Reads bytes, and sets aside what is not in the definition instead of passing over it. */
  reader(bytes: Uint8Array): Reader {
    const reader = this.protobuf.Reader.create(bytes);
    reader.discardUnknown = false;
    return reader;
  }
}

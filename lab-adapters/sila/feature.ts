import { readXml } from '../../models/table/xml.js';

/** A type of the feature definition language; constraints are left to the server, but for the unit. */
export type DataType = (
  | { readonly kind: 'basic'; readonly basic: Basic }
  | { readonly kind: 'list'; readonly of: DataType }
  | { readonly kind: 'structure'; readonly elements: readonly Named[] }
  | { readonly kind: 'named'; readonly name: string }
) & { readonly unit?: string | undefined };
const basics = ['String', 'Integer', 'Real', 'Boolean', 'Binary', 'Date', 'Time', 'Timestamp', 'Any'] as const;
/** A basic type. */
export type Basic = (typeof basics)[number];

/** Something with an identifier and a type. */
export interface Named {
  readonly id: string;
  readonly type: DataType;
}

/** A command of a feature. */
export interface Command {
  readonly id: string;
  readonly observable: boolean;
  readonly parameters: readonly Named[];
  readonly responses: readonly Named[];
}

/** A property of a feature. */
export interface Property extends Named {
  readonly observable: boolean;
}

/** What a SiLA 2 feature can do. */
export interface Feature {
  /** Fully qualified: `org.lab/category/Feature/v1`. */
  readonly id: string;
  /** Package of its messages. */
  readonly package: string;
  readonly name: string;
  readonly commands: readonly Command[];
  readonly properties: readonly Property[];
  readonly types: readonly Named[];
  readonly metadata: readonly Named[];
}

interface Element {
  readonly name: string;
  readonly attribute: (name: string) => string | undefined;
  readonly children: Element[];
  text: string;
}

/** Deeper definitions are none that a server was made from. */
const deepest = 100;

/** Reads a feature from its definition. @throws {Error} with words if it is none */
export function readFeature(xml: string): Feature {
  const [feature] = childrenOf(tree(xml), 'Feature');
  if (feature === undefined) throw new Error('the definition has no Feature');
  const needed = (name: string) => {
    const value = feature.attribute(name);
    if (value === undefined) throw new Error(`the definition has no attribute ${name}`);
    return value;
  };
  const name = textOf(feature, 'Identifier');
  const [originator, category] = [needed('Originator'), feature.attribute('Category') ?? 'none'];
  const [major = ''] = needed('FeatureVersion').split('.');
  const named = (parent: Element, kind: string) => childrenOf(parent, kind).map(namedOf);
  const isObservable = (element: Element) => textOf(element, 'Observable') === 'Yes';
  return {
    id: `${originator}/${category}/${name}/v${major}`,
    package: `sila2.${originator}.${category}.${name.toLowerCase()}.v${major}`,
    name,
    commands: childrenOf(feature, 'Command').map((command) => ({
      id: textOf(command, 'Identifier'),
      observable: isObservable(command),
      parameters: named(command, 'Parameter'),
      responses: named(command, 'Response'),
    })),
    properties: childrenOf(feature, 'Property').map((property) => ({
      ...namedOf(property),
      observable: isObservable(property),
    })),
    types: named(feature, 'DataTypeDefinition'),
    metadata: named(feature, 'Metadata'),
  };
}

/** The unit in which numbers of a type are told; undefined where it has none. */
export function unitOf(type: DataType, feature: Feature): string | undefined {
  if (type.unit !== undefined) return type.unit;
  if (type.kind === 'list') return unitOf(type.of, feature);
  const named = type.kind === 'named' ? feature.types.find(({ id }) => id === type.name) : undefined;
  return named?.type.unit;
}

function tree(xml: string): Element {
  const root: Element = { name: '', attribute: () => undefined, children: [], text: '' };
  const open = [root];
  readXml(xml, {
    open(name, attribute) {
      if (open.length > deepest) throw new Error('the definition is too deep');
      // Only what is looked at while the element is open can be told: these are all that is asked for.
      const known = new Map(['Originator', 'Category', 'FeatureVersion'].map((each) => [each, attribute(each)]));
      const element: Element = { name, attribute: (wanted) => known.get(wanted), children: [], text: '' };
      open.at(-1)!.children.push(element);
      open.push(element);
    },
    close: () => void open.pop(),
    text: (text) => {
      open.at(-1)!.text += text;
    },
  });
  return root;
}

function childrenOf(element: Element, name: string): readonly Element[] {
  return element.children.filter((child) => child.name === name);
}

function textOf(element: Element, name: string): string {
  const [child] = childrenOf(element, name);
  if (child === undefined) throw new Error(`the definition has a ${element.name} without ${name}`);
  return child.text.trim();
}

function namedOf(element: Element): Named {
  return { id: textOf(element, 'Identifier'), type: typeIn(element) };
}

/** The type in the DataType of an element. */
function typeIn(element: Element): DataType {
  const [holder] = childrenOf(element, 'DataType');
  const [inner] = holder?.children ?? [];
  if (inner === undefined) throw new Error(`the definition has a ${element.name} without DataType`);
  const text = inner.text.trim();
  if (inner.name === 'Basic') {
    const basic = basics.find((each) => each === text);
    if (basic === undefined) throw new Error(`the definition has a basic type '${text}', which SiLA 2 has not`);
    return { kind: 'basic', basic };
  }
  if (inner.name === 'List') return { kind: 'list', of: typeIn(inner) };
  if (inner.name === 'Structure') return { kind: 'structure', elements: childrenOf(inner, 'Element').map(namedOf) };
  if (inner.name === 'DataTypeIdentifier') return { kind: 'named', name: text };
  if (inner.name !== 'Constrained') throw new Error(`the definition has a type '${inner.name}', which SiLA 2 has not`);
  const unit = childrenOf(inner, 'Constraints').flatMap((all) => childrenOf(all, 'Unit'))[0];
  const type = typeIn(inner);
  return unit === undefined ? type : { ...type, unit: textOf(unit, 'Label') };
}

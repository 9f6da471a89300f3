import type { LabSpec } from '../../models/domain/lab.js';

/** How to say that one of two labs alone has something. */
interface Words {
  readonly added: string;
  readonly gone: string;
}

/** What is different in a lab, in words, a line each. */
export function differences(old: LabSpec, now: LabSpec, words: Words): string[] {
  const isOther = JSON.stringify(old.adapters) !== JSON.stringify(now.adapters);
  return [
    ...(isOther ? ['adapters: other modules'] : []),
    ...between('instrument', [old.instruments, now.instruments], words),
    ...between('position', [old.positions, now.positions], words),
    ...between('stock', [old.stock, now.stock], words),
  ];
}

function between(
  what: string,
  [old, now]: readonly [Readonly<Record<string, object>>, Readonly<Record<string, object>>],
  { added, gone }: Words,
): string[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names.flatMap((name) => {
    const [was, is] = [old[name], now[name]];
    if (was === undefined) return [`${what} ${name}: ${added}`];
    if (is === undefined) return [`${what} ${name}: ${gone}`];
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
      (key) => JSON.stringify(was[key as keyof typeof was]) !== JSON.stringify(is[key as keyof typeof is]),
    );
    return keys.length === 0 ? [] : [`${what} ${name}: other ${keys.join(', ')}`];
  });
}

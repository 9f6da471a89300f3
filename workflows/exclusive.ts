import type { LoopSettings, Slot } from './loop.js';

/** Whether nothing runs on the device that a trial needs for itself. */
export function hasDevice({ exclusive = {} }: LoopSettings, inFlight: readonly Slot[], slot: Slot): boolean {
  const deviceOf = ({ fidelity = '' }: Slot) => (Object.hasOwn(exclusive, fidelity) ? exclusive[fidelity] : undefined);
  const device = deviceOf(slot);
  return device === undefined || !inFlight.some((other) => deviceOf(other) === device);
}

/** Trials that can run at a time: no more than there are devices, where every level has one that takes one at a time. */
export function placesOf(
  { exclusive = {}, levels = Number.POSITIVE_INFINITY }: LoopSettings,
  parallel: number,
): number {
  const devices = Object.values(exclusive);
  return devices.length < levels ? parallel : Math.min(parallel, new Set(devices).size);
}

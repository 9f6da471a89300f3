import { z } from 'zod';

/** A moment that a date can tell, milliseconds since 1970. */
export const instantSchema = z.number().min(-8.64e15).max(8.64e15);

import { beforeEach } from 'vitest';

/** Of tests with counterparts the check runs the campaigns; laws and traps are left to `npm run counterparts`. */
beforeEach(({ task, skip }) => {
  skip(!/^a campaign in /.test(task.name), 'npm run counterparts');
});

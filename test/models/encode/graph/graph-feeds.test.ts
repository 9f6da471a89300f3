import { expect, it } from 'vitest';
import { graphFeeds, graphsOfRun } from '../../../../models/encode/graph/graph-feeds.js';
import { featuresOfText } from '../../../support/minimol-golden.js';

it('molecules become one graph of all their atoms', async () => {
  const [water, acetone] = [await featuresOfText('O'), await featuresOfText('CC(C)=O')];
  const feeds = graphFeeds([water, acetone, water]);
  expect([...(feeds.batch!.data as BigInt64Array)].map(Number)).toEqual([0, 1, 1, 1, 1, 2]);
  expect(feeds.edge_index!.shape).toEqual([2, 6]);
  expect([...(feeds.edge_index!.data as BigInt64Array)].map(Number)).toEqual([1, 2, 2, 3, 2, 4, 2, 1, 3, 2, 4, 2]);
  expect(feeds.feat!.shape).toEqual([6, 85]);
  expect([...feeds.feat!.data].slice(85, 5 * 85)).toEqual([...acetone.nodes]);
  expect(feeds.graph_slots!.shape).toEqual([graphsOfRun]);
});

it('of no molecules are empty', () => {
  const feeds = graphFeeds([]);
  expect([feeds.feat!.shape, feeds.edge_feat!.shape, feeds.batch!.shape]).toEqual([[0, 85], [0, 13], [0]]);
});

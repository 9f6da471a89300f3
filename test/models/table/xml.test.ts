import { expect, test } from 'vitest';
import { readXml } from '../../../models/table/xml.js';

test('names come without prefixes, texts and attributes decoded', () => {
  const told: string[] = [];
  readXml('<?xml version="1.0"?><x:a xmlns:x="u" r:id="7" code="0&quot;g&quot;"><f/>p &lt; 2<![CDATA[&]]></x:a>', {
    open: (name, attribute) => void told.push(`<${name} ${attribute('id') ?? '-'} ${attribute('code') ?? '-'}>`),
    close: (name) => void told.push(`</${name}>`),
    text: (text) => void told.push(text),
  });
  expect(told).toEqual(['<a 7 0"g">', '<f - ->', '</f>', 'p < 2', '&', '</a>']);
});

test('what is not well formed is refused, and nothing holds nothing', () => {
  expect(() => readXml('<a><b></a>', { open: () => {} })).toThrow();
  expect(() => readXml('', { open: () => expect.unreachable() })).not.toThrow();
});

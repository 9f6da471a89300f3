import { strToU8 } from 'fflate';
import { expect, test } from 'vitest';
import { workbookParts } from '../../../models/table/workbook-parts.js';

const files = (all: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(all).map(([name, xml]) => [name, strToU8(xml)]));

test('sheets have their state and file, styles their formats', () => {
  const parts = workbookParts(
    files({
      'xl/workbook.xml':
        '<workbook><sheets><sheet name="a" r:id="r1"/><sheet name="b" r:id="r2" state="veryHidden"/><sheet name="c" r:id="r3"/></sheets><calcPr fullCalcOnLoad="true"/></workbook>',
      'xl/_rels/workbook.xml.rels':
        '<Relationships><Relationship Id="r1" Type="x/worksheet" Target="/xl/worksheets/one.xml"/><Relationship Id="r2" Type="x/worksheet" Target="worksheets/two.xml"/><Relationship Id="r3" Type="x/chartsheet" Target="charts/c.xml"/><Relationship Id="s" Type="x/styles" Target="own.xml"/></Relationships>',
      'xl/own.xml':
        '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="0.0&quot; g&quot;"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="9"/></cellXfs></styleSheet>',
    }),
  );
  expect(parts).toEqual({
    sheets: [
      { name: 'a', isHidden: false, file: 'xl/worksheets/one.xml' },
      { name: 'b', isHidden: true, file: 'xl/worksheets/two.xml' },
      { name: 'c', isHidden: false, file: null },
    ],
    formats: [null, '0.0" g"', '0%'],
    isUncomputed: true,
  });
});

test('a workbook may say nothing of all that', () => {
  expect(workbookParts({})).toEqual({ sheets: [], formats: [], isUncomputed: false });
});

-- Images in files, where the administrator says; nowhere else.
SELECT woapol_effect('file:one', '203.0.113.9', groups => '{Contractors}'),
       woapol_effect('file:work', '203.0.113.9', groups => '{Contractors}', version => 2);
SELECT woapol_decide('file:one', '{"groups":["Contractors"]}'::jsonb) ->> 'rule' AS rule;
SELECT woapol_digest('file:one') = woapol_digest('work', 1) AS is_the_same;
SELECT woapol_effect('file:none', '203.0.113.9');
SELECT woapol_effect('file:work', '203.0.113.9', version => 3);
SELECT woapol_effect('file:' || name, '203.0.113.9') FROM (VALUES ('../one')) v (name);
SELECT woapol_effect('file:/etc/passwd', '203.0.113.9');
SELECT woapol_effect('file:', '203.0.113.9');
SELECT woapol_effect('file:.hidden', '203.0.113.9');
SELECT woapol_effect('file:a@1', '203.0.113.9');
SELECT woapol_effect(E'file:one\nx', '203.0.113.9');
SELECT woapol_effect('file:cut', '203.0.113.9');
SELECT woapol_effect('file:empty', '203.0.113.9');
SELECT woapol_effect('file:folder', '203.0.113.9');
SELECT woapol_effect('file:pipe', '203.0.113.9');
SELECT woapol_effect('file:link', '203.0.113.9');

-- Columns: NULL is absent, as is what is left out.
SELECT * FROM woapol_decide('work', '203.0.113.9', 'browser', '{Contractors}');
SELECT * FROM woapol_decide('work', '198.51.100.7', 'windows', '{Staff}', managed => true);
SELECT * FROM woapol_decide('work', '203.0.113.9', 'browser', '{All Staff@corp.example}', risk => 'low');
SELECT * FROM woapol_decide('work', '10.8.1.1', 'ios', '{Staff}', compliant => true);
SELECT * FROM woapol_decide('work', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT * FROM woapol_decide('work', '10.8.1.1', groups => '{Staff}', app => 'Payroll');
SELECT * FROM woapol_decide('work', '::ffff:198.51.100.7', groups => '{Staff,"no such group",""}', app => 'no such app', managed => true);
SELECT * FROM woapol_decide('work', '203.0.113.9', groups => '{Staff}', groups_complete => false);
SELECT effect, rule FROM woapol_decide('work', '203.0.113.9', username => 'ana@corp.example', entry => 'browser');
-- One text is quicker than a row.
SELECT woapol_effect('work', '2001:db8:10::7', 'ios', '{Staff}', managed => true),
       woapol_rule('work', '2001:db8:10::7', 'ios', '{Staff}', managed => true),
       woapol_rule('work', '2001:db8:10::7');
-- Old against new in one query.
SELECT woapol_rule('work', ip, groups => '{Contractors}', version => 1) AS old,
       woapol_effect('work', ip, groups => '{Contractors}', version => 1) AS old_effect,
       woapol_effect('work', ip, groups => '{Contractors}', version => 2) AS new_effect
FROM (VALUES (inet '203.0.113.9'), ('198.51.100.7'), (NULL)) v (ip);
SELECT v.version, woapol_effect(v.name, '203.0.113.9', groups => '{Contractors}', version => v.version)
FROM woapol.policy v ORDER BY 1;
-- By digest.
SELECT woapol_effect(woapol_digest('work', 1), '203.0.113.9', groups => '{Contractors}'),
       woapol_rule(woapol_digest('work'), '203.0.113.9', groups => '{Contractors}'),
       (woapol_decide(woapol_digest('work'), '203.0.113.9', groups => '{Contractors}')).rule;
-- Without a version the highest active one is meant.
UPDATE woapol.policy SET active = false WHERE version = 2;
SELECT woapol_effect('work', '203.0.113.9', groups => '{Contractors}');
UPDATE woapol.policy SET active = true WHERE version = 2;
SELECT woapol_effect('work', '203.0.113.9', groups => '{Contractors}');

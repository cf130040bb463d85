-- The keys of `woapol eval`; the answer, too.
SELECT woapol_decide('work', '{"id":7,"ip":"203.0.113.9","device":"browser","groups":["Contractors"],"else":[{}]}'::jsonb, 1);
SELECT woapol_decide('work', '{"id":{"a":[1,null]},"ip":"10.8.0.1","groups":["Staff"],"risk":"high"}'::jsonb);
SELECT woapol_decide('work', '{}'::jsonb);
SELECT woapol_decide('work', '{"groups":["Staff"],"groups_complete":false}'::jsonb);
-- A bad request is answered so, and ends nothing.
SELECT woapol_decide('work', request::jsonb) FROM (VALUES
    ('{"id":"x","ip":"1.2.3"}'), ('{"ip":"10.0.0.0/8"}'), ('{"ip":7}'), ('{"id":1,"risk":"extreme"}'),
    ('{"managed":"yes"}'), ('{"managed":null}'), ('{"groups":"Staff"}'), ('{"groups":["Staff",7]}'),
    ('{"groups":{}}'), ('{"groups":[["Staff"]]}'), ('{"device":[]}'), ('{"groups_complete":1}'), ('{"app":true}'),
    ('[]'), ('"x"'), ('7'), ('null'), ('[{"ip":"1.2.3.4"}]')) v (request);
SELECT woapol_decide('work', NULL::jsonb);
SELECT woapol_decide('work', jsonb_build_object('ip', repeat('1', 1000000))) ->> 'error';
SELECT woapol_decide('work', jsonb_build_object('groups', (SELECT jsonb_agg('g' || i) FROM generate_series(1, 50000) i) || '["Staff"]')) ->> 'rule';
-- Why.
SELECT * FROM woapol_explain('work', '{"ip":"203.0.113.9","device":"ios","groups":["Staff"],"compliant":true}');
SELECT * FROM woapol_explain('work', '{"ip":"203.0.113.9","groups":["Staff"],"groups_complete":false}', 1);
SELECT * FROM woapol_explain('work', '{"ip":"203.0.113.9","app":"Payroll","risk":"low"}');
SELECT * FROM woapol_explain('work', '{"app":"Crm","user":"ana@corp.example","entry":"browser","risk":"low"}');
SELECT * FROM woapol_explain('work', '{"ip":"203"}');
SELECT * FROM woapol_explain('work', NULL);
SELECT * FROM woapol_explain(NULL, '{}');

-- The words of an event may leave the log, once, for their fingerprint; nothing else of it ever changes.

DROP TRIGGER event_no_update;
CREATE TRIGGER event_no_update BEFORE UPDATE ON event
WHEN OLD.seq IS NOT NEW.seq OR OLD.at IS NOT NEW.at OR OLD.user_id IS NOT NEW.user_id OR OLD.role IS NOT NEW.role OR OLD.act IS NOT NEW.act
    OR OLD.request_id IS NOT NEW.request_id OR OLD.subject IS NOT NEW.subject OR OLD.outcome IS NOT NEW.outcome OR OLD.effects IS NOT NEW.effects
    OR OLD.before IS NOT NEW.before OR OLD.fingerprint IS NOT NEW.fingerprint
    OR OLD.act NOT IN ('case.start', 'case.fill', 'case.attach')
    OR OLD.input LIKE '{"withdrawn":"%' OR NEW.input NOT LIKE '{"withdrawn":"%' OR length(NEW.input) <> 80
BEGIN SELECT RAISE(ABORT, 'event: never changed'); END;

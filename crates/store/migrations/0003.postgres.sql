-- The words of an event may leave the log, once, for their fingerprint; nothing else of it ever changes.

DROP TRIGGER event_never_changed ON event;
CREATE TRIGGER event_never_deleted BEFORE DELETE ON event FOR EACH ROW EXECUTE FUNCTION never_changed();
CREATE TRIGGER event_never_changed BEFORE UPDATE ON event FOR EACH ROW
WHEN ((OLD.seq, OLD.at, OLD.user_id, OLD.role, OLD.act, OLD.request_id, OLD.subject, OLD.outcome, OLD.effects, OLD.before, OLD.fingerprint)
    IS DISTINCT FROM (NEW.seq, NEW.at, NEW.user_id, NEW.role, NEW.act, NEW.request_id, NEW.subject, NEW.outcome, NEW.effects, NEW.before, NEW.fingerprint)
    OR OLD.act NOT IN ('case.start', 'case.fill', 'case.attach')
    OR OLD.input LIKE '{"withdrawn":"%' OR NEW.input NOT LIKE '{"withdrawn":"%' OR length(NEW.input) <> 80)
EXECUTE FUNCTION never_changed();

-- After the notice of a spot interruption: when the tasks that are left are stopped, in ms. An instance that is started
-- again from its row goes by it.
ALTER TABLE container_instances ADD COLUMN stop_tasks_at bigint;

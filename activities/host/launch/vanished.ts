/** The reason of containers and tasks that should be on this host but are not, however they went. */
export const VANISHED = 'ContainerVanishedError: No container matching saved ID found';

export const TASK_VANISHED = { stopCode: 'EssentialContainerExited', stoppedReason: VANISHED } as const;

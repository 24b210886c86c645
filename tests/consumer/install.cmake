# Installs BUILD_FOLDER into an empty PREFIX, so that a file that is no longer installed is missed.
file(REMOVE_RECURSE "${PREFIX}")
execute_process(
    COMMAND "${CMAKE_COMMAND}" --install "${BUILD_FOLDER}" --config "${CONFIG}" --prefix "${PREFIX}"
    COMMAND_ERROR_IS_FATAL ANY
)

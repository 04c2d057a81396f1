package importer

// Heartbeat is how long a silent run is somebody's.
const Heartbeat = heartbeat

import '../doctor/doctorView';
import '../statistics/statisticsView';
import '../timeline/timelineView';

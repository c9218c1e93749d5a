/** A style sheet that the bundler collects beside the script. */
declare module '*.css';

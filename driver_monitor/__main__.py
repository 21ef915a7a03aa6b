from driver_monitor.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
